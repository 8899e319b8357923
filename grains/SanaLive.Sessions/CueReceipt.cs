namespace SanaLive.Sessions;

/// <summary>What the sender of a cue is told: first that it is accepted and for which block, later that it was applied.</summary>
public sealed record CueReceipt
{
    public required string Id { get; init; }
    public string? ClientId { get; init; }
    public required string Prompt { get; init; }
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
}
