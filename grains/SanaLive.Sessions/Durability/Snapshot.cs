using SanaLive.Runtime.Engine;
using SanaLive.Sessions.Replay;
using SanaLive.Sessions.Schedule;

namespace SanaLive.Sessions.Durability;

/// <summary>
/// A session at a block border, as a value: restored after a crash, moved, rewound to or forked from. Where it is kept,
/// <see cref="SnapshotFile"/> makes bytes of it.
/// </summary>
public sealed record Snapshot
{
    /// <summary>What the session began with.</summary>
    public required SessionFacts Facts { get; init; }

    /// <summary>Of the owner who took it.</summary>
    public required long Epoch { get; init; }

    /// <summary>The journal's last entry when it was taken: later ones happened after it.</summary>
    public required long Sequence { get; init; }

    public required DateTimeOffset Taken { get; init; }

    /// <summary>The prompt in force, and the blend that may be under way.</summary>
    public required PromptLine Line { get; init; }

    /// <summary>The prompt schedule's journal.</summary>
    public required IReadOnlyList<CueEvent> Events { get; init; }

    /// <summary>Cues accepted so far.</summary>
    public required long Cues { get; init; }

    public required bool IsPaused { get; init; }

    /// <summary>The stream itself: state, last latents, block number, the engine's and the model's fingerprint.</summary>
    public required SavedStream Stream { get; init; }

    /// <summary>The session's block number less the stream's own: a session that has gone back counts on.</summary>
    public long Shift { get; init; }

    /// <summary>Of the next block's first frame; null in what an older version wrote, whose blocks all lasted alike.</summary>
    public TimeSpan? MediaTime { get; init; }

    /// <summary>Cues that the stream applied, by its own blocks; null when they are not all known.</summary>
    public IReadOnlyList<ScheduledCue>? Branch { get; init; }

    /// <summary>The block that it goes on with.</summary>
    public long Block => Stream.NextBlock + Shift;
}
