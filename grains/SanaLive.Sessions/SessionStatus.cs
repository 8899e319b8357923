namespace SanaLive.Sessions;

public enum SessionStatus
{
    /// <summary>Waiting for an engine with room.</summary>
    Queued,

    /// <summary>Ready; nobody watches, so nothing is made. One that waited for its turn comes here first, and its place is kept for a while.</summary>
    Idle,
    Streaming,
    Paused,
    Failed,
    Closed,
}
