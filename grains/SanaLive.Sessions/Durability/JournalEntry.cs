using System.Text.Json.Serialization;
using SanaLive.Sessions.Bookmarks;
using SanaLive.Sessions.Schedule;

namespace SanaLive.Sessions.Durability;

/// <summary>One thing that a session's journal tells. A session is its journal, read from the beginning, and the newest snapshot that it names.</summary>
[JsonDerivedType(typeof(Begun), "begun")]
[JsonDerivedType(typeof(Collected), "collected")]
[JsonDerivedType(typeof(Cued), "cued")]
[JsonDerivedType(typeof(Paused), "paused")]
[JsonDerivedType(typeof(Shown), "shown")]
[JsonDerivedType(typeof(Kept), "kept")]
[JsonDerivedType(typeof(Bookmarked), "bookmarked")]
[JsonDerivedType(typeof(Forgotten), "forgotten")]
[JsonDerivedType(typeof(Rewound), "rewound")]
public abstract record JournalEntry
{
    /// <summary>The first entry of every journal.</summary>
    public sealed record Begun(SessionFacts Facts) : JournalEntry;

    /// <summary>Takes the place of older entries when a journal is written anew.</summary>
    /// <param name="Events">The prompt schedule as it was then.</param>
    /// <param name="Cues">Cues accepted until then: the next one's number follows.</param>
    /// <param name="IsPaused">Whether the session was paused then.</param>
    /// <param name="LastShown">The last block that had been shown whole; -1 for none.</param>
    public sealed record Collected(IReadOnlyList<CueEvent> Events, long Cues, bool IsPaused, long LastShown) : JournalEntry
    {
        /// <summary>That were kept then, the oldest first.</summary>
        public IReadOnlyList<Bookmark> Bookmarks { get; init; } = [];

        /// <summary>Numbers given to bookmarks until then.</summary>
        public long BookmarkCount { get; init; }

        /// <summary>That a stream continued from a snapshot still comes to.</summary>
        public IReadOnlyList<Rewound> Rewinds { get; init; } = [];

        /// <summary>The last going back, done for good or not; null when there was none.</summary>
        public RewindView? LastRewind { get; init; }
    }

    /// <summary>Something happened to the prompt schedule.</summary>
    public sealed record Cued(CueEvent Event) : JournalEntry;

    public sealed record Paused(bool IsPaused) : JournalEntry;

    /// <summary>A block's last frame has been due: whoever watches has seen it.</summary>
    /// <param name="Block">Its number.</param>
    /// <param name="Hash">Of its frames before encoding: a block that is made again must have it too.</param>
    public sealed record Shown(long Block, string Hash) : JournalEntry;

    /// <summary>The snapshots that count from now on, the newest last. What the newest such entry does not name does not count, whoever wrote it.</summary>
    public sealed record Kept(IReadOnlyList<SnapshotName> Snapshots) : JournalEntry;

    /// <summary>A bookmark that is kept from now on; its snapshot is on the disk.</summary>
    public sealed record Bookmarked(Bookmark Bookmark) : JournalEntry;

    /// <summary>Bookmarks that are not kept any more, by number.</summary>
    public sealed record Forgotten(IReadOnlyList<long> Bookmarks) : JournalEntry;

    /// <summary>From a block on the stream is the one of a bookmark's snapshot. For one block the last such entry counts.</summary>
    /// <param name="View">What was gone back to, and with which block.</param>
    /// <param name="From">The bookmark's snapshot: it stays as long as this entry is needed.</param>
    public sealed record Rewound(RewindView View, SnapshotName From) : JournalEntry;
}
