namespace SanaLive.Runtime.Vae.Ltx2;

/// <summary>One block of the encoder or the decoder, and the change of size at its end or at its beginning.</summary>
public sealed record Ltx2Stage
{
    /// <summary>Channels that come in.</summary>
    public required int Inputs { get; init; }

    /// <summary>Channels that go out.</summary>
    public required int Outputs { get; init; }

    /// <summary>Residual blocks.</summary>
    public required int Layers { get; init; }

    /// <summary>A residual block comes first that changes the number of channels. Only in the decoder.</summary>
    public bool ChangesChannels { get; init; }

    /// <summary>Whether there is a layer that changes the size at all.</summary>
    public required bool Resizes { get; init; }

    /// <summary>Frames of the larger side for one of the smaller: 1 or 2.</summary>
    public required int FrameFactor { get; init; }

    /// <summary>Pixels of the larger side along one of the smaller: 1 or 2.</summary>
    public required int PixelFactor { get; init; }

    /// <summary>The change of size has a path beside its convolution. Always so in the encoder.</summary>
    public required bool Residual { get; init; }

    /// <summary>Places of the larger side in one of the smaller.</summary>
    public int Places => FrameFactor * PixelFactor * PixelFactor;
}
