using SanaLive.Sessions.Durability;

namespace SanaLive.Sessions.Handover;

/// <summary>
/// What a host that lets a session go tells the one that goes on with it, beside what the store says: with it nothing is made twice, and what
/// was made ahead is still shown on time. It counts only for the owner who follows next.
/// </summary>
public sealed record SessionHandover
{
    /// <summary>Of the owner who let go.</summary>
    public required long Epoch { get; init; }

    /// <summary>The block that is made next.</summary>
    public required long Block { get; init; }

    /// <summary>The session at that block; null: the store's snapshot of it is to be read, or there is no stream yet.</summary>
    public Snapshot? State { get; init; }

    /// <summary>Bytes of the stream's state, here or in the store.</summary>
    public long StateBytes { get; init; }

    /// <summary>Blocks that viewers may not have fetched or seen yet, in order.</summary>
    public IReadOnlyList<EncodedBlock> Recent { get; init; } = [];

    /// <summary>When block 0 would have been due; null while the media clock stands.</summary>
    public DateTimeOffset? Origin { get; init; }

    /// <summary>Stalls so far.</summary>
    public long Stalls { get; init; }

    /// <summary>Hashes of the newest blocks, for whoever checks them.</summary>
    public IReadOnlyList<MadeBlock> Made { get; init; } = [];

    /// <summary>It stood in line although nobody watched it yet.</summary>
    public bool Waits { get; init; }
}
