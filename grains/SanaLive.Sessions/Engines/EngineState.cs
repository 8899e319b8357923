namespace SanaLive.Sessions.Engines;

/// <summary>What an engine does for sessions now.</summary>
public enum EngineState
{
    /// <summary>Takes sessions.</summary>
    Serving,

    /// <summary>Takes none; those that it has are being moved, as soon as there is a place elsewhere.</summary>
    Draining,

    /// <summary>Takes none and has none: it can be taken away.</summary>
    Drained,

    /// <summary>Fenced off: it threw or hung. It is tried again and again, and serves when it answers.</summary>
    Failed,
}
