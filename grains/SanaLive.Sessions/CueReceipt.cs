using SanaLive.Runtime.Engine;

namespace SanaLive.Sessions;

/// <summary>What the sender of a cue is told: first that it is accepted and for which block, later that it was applied.</summary>
public sealed record CueReceipt
{
    public required string Id { get; init; }
    public string? ClientId { get; init; }

    /// <summary>The viewer's words; for a cue of controls alone, what they say, for example <c>42 px/s, to the left</c>.</summary>
    public required string Prompt { get; init; }

    /// <summary>The controls that it sets; null without.</summary>
    public IReadOnlyDictionary<string, ControlValue>? Controls { get; init; }

    public required CueStatus Status { get; init; }

    /// <summary>The block it is planned for, or was applied at.</summary>
    public required long Block { get; init; }

    public required int BlendBlocks { get; init; }

    /// <summary>Media time in seconds of the block's first frame, once applied.</summary>
    public double? MediaTime { get; init; }

    public IReadOnlyList<string> Understood { get; init; } = [];
    public IReadOnlyList<string> NotUnderstood { get; init; } = [];

    /// <summary>A sentence when something needs saying, for example which later cue took this one's place.</summary>
    public string? Note { get; init; }

    /// <summary>The viewer's words; null for a cue of controls alone.</summary>
    internal string? Words { get; init; }

    /// <summary>Whether a cue for the same block with these words and controls says everything anew that this one says.</summary>
    internal bool IsCoveredBy(string? words, IReadOnlyDictionary<string, ControlValue>? controls) =>
        (Words is null || words is not null) && (Controls is null || Controls.Keys.All(name => controls?.ContainsKey(name) == true));
}
