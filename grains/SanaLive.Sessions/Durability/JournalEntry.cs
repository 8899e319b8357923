using System.Text.Json.Serialization;
using SanaLive.Sessions.Schedule;

namespace SanaLive.Sessions.Durability;

/// <summary>One thing that a session's journal tells. A session is its journal, read from the beginning, and the newest snapshot that it names.</summary>
[JsonDerivedType(typeof(Begun), "begun")]
[JsonDerivedType(typeof(Collected), "collected")]
[JsonDerivedType(typeof(Cued), "cued")]
[JsonDerivedType(typeof(Paused), "paused")]
[JsonDerivedType(typeof(Shown), "shown")]
[JsonDerivedType(typeof(Kept), "kept")]
public abstract record JournalEntry
{
    /// <summary>The first entry of every journal.</summary>
    public sealed record Begun(SessionFacts Facts) : JournalEntry;

    /// <summary>Takes the place of older entries when a journal is written anew.</summary>
    /// <param name="Events">The prompt schedule as it was then.</param>
    /// <param name="Cues">Cues accepted until then: the next one's number follows.</param>
    /// <param name="IsPaused">Whether the session was paused then.</param>
    /// <param name="LastShown">The last block that had been shown whole; -1 for none.</param>
    public sealed record Collected(IReadOnlyList<CueEvent> Events, long Cues, bool IsPaused, long LastShown) : JournalEntry;

    /// <summary>Something happened to the prompt schedule.</summary>
    public sealed record Cued(CueEvent Event) : JournalEntry;

    public sealed record Paused(bool IsPaused) : JournalEntry;

    /// <summary>A block's last frame has been due: whoever watches has seen it.</summary>
    /// <param name="Block">Its number.</param>
    /// <param name="Hash">Of its frames before encoding: a block that is made again must have it too.</param>
    public sealed record Shown(long Block, string Hash) : JournalEntry;

    /// <summary>The snapshots that count from now on, the newest last. What the newest such entry does not name does not count, whoever wrote it.</summary>
    public sealed record Kept(IReadOnlyList<SnapshotName> Snapshots) : JournalEntry;
}
