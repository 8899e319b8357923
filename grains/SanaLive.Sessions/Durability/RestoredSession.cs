using SanaLive.Sessions.Bookmarks;
using SanaLive.Sessions.Handover;
using SanaLive.Sessions.Replay;
using SanaLive.Sessions.Schedule;

namespace SanaLive.Sessions.Durability;

/// <summary>A session as its store says that it was, and where it goes on.</summary>
internal sealed record RestoredSession
{
    public required SessionFacts Facts { get; init; }

    /// <summary>The block that is made next.</summary>
    public required long Block { get; init; }

    /// <summary>The last block that has been shown whole; -1 for none. Blocks up to it are made again, but not shown again.</summary>
    public required long Shown { get; init; }

    /// <summary>The last block that a cue is known to have applied to; -1 for none. It is made again as it was, whether or not it was shown.</summary>
    public long Applied { get; init; } = -1;

    /// <summary>What the stream is loaded from; null begins it from its seed.</summary>
    public SnapshotName? From { get; init; }

    /// <summary>The same where sessions are not kept.</summary>
    public Snapshot? Held { get; init; }

    /// <summary>What the owner before handed over; null when it did not, or when it is not the last that is known.</summary>
    public SessionHandover? Before { get; init; }

    /// <summary>A session that was forked just now: nothing of it is in the store but <see cref="From"/>.</summary>
    public bool IsNew { get; init; }

    /// <summary>The session's block number less the stream's own.</summary>
    public long Shift { get; init; }

    /// <summary>Of <see cref="Block"/>'s first frame; null where all blocks before it lasted alike.</summary>
    public TimeSpan? MediaTime { get; init; }

    /// <summary>Cues that the stream applied, by its own blocks; null when they are not all known.</summary>
    public IReadOnlyList<ScheduledCue>? Branch { get; init; } = [];

    /// <summary>The oldest first.</summary>
    public IReadOnlyList<Bookmark> Bookmarks { get; init; } = [];

    /// <summary>Numbers given to bookmarks.</summary>
    public long BookmarkCount { get; init; }

    /// <summary>The oldest first.</summary>
    public IReadOnlyList<JournalEntry.Rewound> Rewinds { get; init; } = [];

    /// <summary>The last going back, done for good or not; null when there was none.</summary>
    public RewindView? LastRewind { get; init; }

    /// <summary>Fingerprint of the engine that made the stream so far; null when it begins from its seed.</summary>
    public string? Engine { get; init; }

    public required PromptLine Line { get; init; }

    /// <summary>The prompt schedule's journal at <see cref="Block"/>.</summary>
    public required IReadOnlyList<CueEvent> Events { get; init; }

    /// <summary>Cues accepted so far.</summary>
    public required long Cues { get; init; }

    public required bool IsPaused { get; init; }

    /// <summary>Of blocks that were shown: those that are made again must have them too.</summary>
    public required IReadOnlyDictionary<long, string> Hashes { get; init; }

    /// <summary>Why it cannot go on, in a sentence; null when it can.</summary>
    public string? Failure { get; init; }

    public required KeeperLog Log { get; init; }

    /// <summary>The newest last.</summary>
    public required IReadOnlyList<KeptSnapshot> Kept { get; init; }
}
