using SanaLive.Runtime.Engine;

namespace SanaLive.Sessions;

/// <summary>One block that a session has begun.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Deadline">When the stream would stall without it.</param>
/// <param name="Cue">The cue that begins to apply with it; null when the prompt goes on.</param>
/// <param name="ReadAgainst">The prompt in force when the cue was read.</param>
/// <param name="ReadAs">What it was read as then.</param>
internal sealed record BlockPlan(long Number, DateTimeOffset Deadline, CueReceipt? Cue, Prompt? ReadAgainst, Prompt? ReadAs);
