using SanaLive.Sessions.Encoding;

namespace SanaLive.Sessions;

/// <summary>How sessions behave in this process.</summary>
public sealed class SessionOptions
{
    /// <summary>
    /// How far generation may run ahead of what viewers see, at most: a cue cannot be seen sooner than it feels. The lead is as short as the
    /// making of blocks allows, and reaches this only when blocks come late or many streams share an engine. Null: three blocks of the model
    /// (1.5 s in the embedded world). At least 1.2 blocks, since a block is made while the one before it is shown; at most 60 s.
    /// </summary>
    public TimeSpan? Lead { get; set; }

    /// <summary>How long blocks are still made when nobody watches any more (a page that is loaded again). 0 to 10 s.</summary>
    public TimeSpan Grace { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>A session that nobody has watched or commanded for so long is closed. Null: never. 10 s to 30 days.</summary>
    public TimeSpan? IdleExpiry { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Blocks that are kept for viewers who join, resume or were slow. 2 to 256.</summary>
    public int RecentBlocks { get; set; } = 8;

    /// <summary>Blocks that a cue is blended over when it does not say. 0 (a cut) to 64.</summary>
    public int BlendBlocks { get; set; } = 1;

    /// <summary>Share of an engine's measured capacity that is not given to sessions: for encoding, viewers and the unexpected. 0 to 0.9.</summary>
    public double Reserve { get; set; } = 0.2;

    /// <summary>Sessions that one engine makes at once. Null: by its measured capacity. 1 to 10,000.</summary>
    public int? SessionsPerEngine { get; set; }

    /// <summary>Sessions that may wait for a place; who comes then is refused. 0 to 10,000.</summary>
    public int QueueLength { get; set; } = 16;

    /// <summary>
    /// How long a session that was created without room keeps its position in line although nobody watches it or follows its events, and how
    /// long a place is then kept for its first viewer. 1 s to 10 min.
    /// </summary>
    public TimeSpan Claim { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Sessions that this process holds, watched or not. 1 to 1,000,000.</summary>
    public int MaxSessions { get; set; } = 1000;

    /// <summary>Times that a block is tried again after the engine failed, before its session fails. 0 to 5.</summary>
    public int Retries { get; set; } = 2;

    /// <summary>
    /// How long an engine may take to answer, per stream that shares it, before it counts as hung: it is fenced off and its sessions go on
    /// elsewhere. Null: ten times what a block takes, and 5 s at least. 0.5 s to 1 h.
    /// </summary>
    public TimeSpan? EngineTimeout { get; set; }

    /// <summary>Finished cues that a session remembers. 0 to 10,000.</summary>
    public int FinishedCues { get; set; } = 200;

    /// <summary>Cues that may wait for their block, per session. 1 to 10,000.</summary>
    public int PendingCues { get; set; } = 100;

    /// <summary>
    /// Bytes of snapshots per second and session: they are taken as often as this allows, at most one for each block. The embedded world's
    /// have 3.3 MB. 10 kB to 10 GB.
    /// </summary>
    public long SnapshotBytesPerSecond { get; set; } = 4_000_000;

    /// <summary>Media time between two bookmarks that are taken unasked. 1 s to 1 h.</summary>
    public TimeSpan BookmarkInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Media time that bookmarks taken unasked reach back. At least <see cref="BookmarkInterval"/>; at most 30 days.</summary>
    public TimeSpan BookmarkWindow { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Bytes of a session's bookmarks: where they do not fit, those that are taken unasked lie further apart. 0 to 1 TB.</summary>
    public long BookmarkBytes { get; set; } = 1_000_000_000;

    /// <summary>The same where sessions are not kept: their bookmarks lie in memory. 0 to 1 TB.</summary>
    public long BookmarkMemory { get; set; } = 100_000_000;

    /// <summary>Bytes of a session's recording, the newest that it has shown, on the disk. 0 (none) to 1 TB.</summary>
    public long RecordingBytes { get; set; } = 200_000_000;

    /// <summary>The same where sessions are not kept in files: their recordings lie in memory.</summary>
    public long RecordingMemory { get; set; } = 8_000_000;

    public Vp8Options Video { get; set; } = new();

    /// <summary>What is wrong with these options, in sentences; empty when nothing is.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        if (Lead is { } lead) Require(lead > TimeSpan.Zero && lead <= TimeSpan.FromSeconds(60), $"Lead must be more than 0 and at most 60 s, not {lead}.");
        Require(Grace >= TimeSpan.Zero && Grace <= TimeSpan.FromSeconds(10), $"Grace must be 0 to 10 s, not {Grace}.");
        // A timer of the platform counts to 49 days.
        Require(
            IdleExpiry is not { } e || (e >= TimeSpan.FromSeconds(10) && e <= TimeSpan.FromDays(30)),
            $"IdleExpiry must be 10 s to 30 days, not {IdleExpiry}; null is never.");
        Require(RecentBlocks is >= 2 and <= 256, $"RecentBlocks must be 2 to 256, not {RecentBlocks}.");
        Require(BlendBlocks is >= 0 and <= 64, $"BlendBlocks must be 0 to 64, not {BlendBlocks}.");
        Require(Reserve is >= 0 and <= 0.9, $"Reserve must be 0 to 0.9, not {Reserve}.");
        Require(SessionsPerEngine is not { } s || s is >= 1 and <= 10_000, $"SessionsPerEngine must be 1 to 10,000, not {SessionsPerEngine}.");
        Require(QueueLength is >= 0 and <= 10_000, $"QueueLength must be 0 to 10,000, not {QueueLength}.");
        Require(Claim >= TimeSpan.FromSeconds(1) && Claim <= TimeSpan.FromMinutes(10), $"Claim must be 1 s to 10 min, not {Claim}.");
        Require(MaxSessions is >= 1 and <= 1_000_000, $"MaxSessions must be 1 to 1,000,000, not {MaxSessions}.");
        Require(Retries is >= 0 and <= 5, $"Retries must be 0 to 5, not {Retries}.");
        Require(
            EngineTimeout is not { } t || (t >= TimeSpan.FromSeconds(0.5) && t <= TimeSpan.FromHours(1)), $"EngineTimeout must be 0.5 s to 1 h, not {EngineTimeout}.");
        Require(FinishedCues is >= 0 and <= 10_000, $"FinishedCues must be 0 to 10,000, not {FinishedCues}.");
        Require(PendingCues is >= 1 and <= 10_000, $"PendingCues must be 1 to 10,000, not {PendingCues}.");
        Require(
            SnapshotBytesPerSecond is >= 10_000 and <= 10_000_000_000, $"SnapshotBytesPerSecond must be 10,000 to 10,000,000,000, not {SnapshotBytesPerSecond}.");
        Require(BookmarkInterval >= TimeSpan.FromSeconds(1) && BookmarkInterval <= TimeSpan.FromHours(1), $"BookmarkInterval must be 1 s to 1 h, not {BookmarkInterval}.");
        Require(
            BookmarkWindow >= BookmarkInterval && BookmarkWindow <= TimeSpan.FromDays(30),
            $"BookmarkWindow must be at least BookmarkInterval ({BookmarkInterval}) and at most 30 days, not {BookmarkWindow}.");
        Require(BookmarkBytes is >= 0 and <= 1_000_000_000_000, $"BookmarkBytes must be 0 to 1,000,000,000,000, not {BookmarkBytes}.");
        Require(BookmarkMemory is >= 0 and <= 1_000_000_000_000, $"BookmarkMemory must be 0 to 1,000,000,000,000, not {BookmarkMemory}.");
        Require(RecordingBytes is >= 0 and <= 1_000_000_000_000, $"RecordingBytes must be 0 to 1,000,000,000,000, not {RecordingBytes}.");
        Require(RecordingMemory is >= 0 and <= 1_000_000_000_000, $"RecordingMemory must be 0 to 1,000,000,000,000, not {RecordingMemory}.");
        problems.AddRange(Video.Problems());
        return problems;

        void Require(bool holds, string sentence)
        {
            if (!holds) problems.Add(sentence);
        }
    }

    /// <summary>The least time between two snapshots of a size.</summary>
    internal TimeSpan SnapshotInterval(long bytes) => TimeSpan.FromSeconds((double)bytes / SnapshotBytesPerSecond);

    /// <summary>The longest lead for a model's block duration.</summary>
    /// <exception cref="ArgumentException">The configured lead is too short for the model.</exception>
    internal TimeSpan LeadFor(TimeSpan blockDuration)
    {
        var lead = Lead ?? 3 * blockDuration;
        return lead >= 1.2 * blockDuration
            ? lead
            : throw new ArgumentException(
                $"Lead is {lead.TotalSeconds} s, but this model's blocks last {blockDuration.TotalSeconds} s: it must be at least 1.2 blocks.");
    }
}
