using SanaLive.Runtime.Engine;

namespace SanaLive.Sessions;

/// <summary>One block that a session asks its engine for.</summary>
/// <param name="Number">Its number.</param>
/// <param name="At">When it was asked for.</param>
/// <param name="Deadline">When the stream would stall without it.</param>
/// <param name="Cues">The cues that begin to apply with it, each merged into the one before; none when the prompt goes on.</param>
internal sealed record BlockPlan(long Number, DateTimeOffset At, DateTimeOffset Deadline, IReadOnlyList<PlannedCue> Cues)
{
    /// <summary>Its engine was fenced off: whoever still asks to begin it is told no.</summary>
    public bool IsVoid { get; set; }

    /// <summary>The engine is at work on it: no cue can come in any more.</summary>
    public bool Begun { get; set; }
}

/// <summary>A cue that begins to apply.</summary>
/// <param name="Receipt">The cue.</param>
/// <param name="ReadAgainst">The prompt in force when it was read.</param>
/// <param name="ReadAs">What it was read as then.</param>
internal sealed record PlannedCue(CueReceipt Receipt, Prompt? ReadAgainst, Prompt? ReadAs);
