using SanaLive.Runtime.Engine;

namespace SanaLive.Sessions.Replay;

/// <summary>One cue of an exported schedule.</summary>
/// <param name="Block">The stream's own block that it begins to apply with: in a session that went back, or was forked, counted from the stream's beginning.</param>
/// <param name="BlendBlocks">0 is a cut.</param>
/// <param name="Prompt">The viewer's words; null for controls alone.</param>
/// <param name="Controls">Null without.</param>
public sealed record ScheduledCue(long Block, int BlendBlocks, string? Prompt = null, IReadOnlyDictionary<string, ControlValue>? Controls = null);
