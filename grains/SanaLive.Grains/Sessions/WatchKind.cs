namespace SanaLive.Grains.Sessions;

/// <summary>What an item of a watched session is.</summary>
public enum WatchKind
{
    Block,

    /// <summary>Nothing new: the silo lives, and this is its clock.</summary>
    Heartbeat,

    /// <summary>The session goes on elsewhere: to be watched again, from the next block.</summary>
    Moved,
}
