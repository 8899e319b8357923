using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.DcAe;

/// <summary>The blocks of one size of picture.</summary>
public sealed record DcAeStage
{
    public required int Channels { get; init; }

    /// <summary>How many blocks; 0 only at the picture's own size, which then has no features at all.</summary>
    public required int Layers { get; init; }

    /// <summary>Blocks of linear attention and a gated feed-forward; else residual blocks of two convolutions.</summary>
    public required bool Attends { get; init; }

    /// <summary>Sides of the depthwise kernels by which attention sees coarser keys, one for each further set of heads.</summary>
    public required IReadOnlyList<int> Scales { get; init; }

    /// <summary>The norms are those of a batch, whose statistics are part of the checkpoint; else RMS norms over channels.</summary>
    public required bool BatchNorm { get; init; }

    /// <summary>Between the convolutions of a residual block.</summary>
    public required Activation Activation { get; init; }
}
