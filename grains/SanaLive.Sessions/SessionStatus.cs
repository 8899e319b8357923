namespace SanaLive.Sessions;

public enum SessionStatus
{
    /// <summary>Waiting for an engine with room.</summary>
    Queued,

    /// <summary>Ready; nobody watches, so nothing is made.</summary>
    Idle,
    Streaming,
    Paused,
    Failed,
    Closed,
}
