namespace SanaLive.Runtime.Engine;

/// <summary>A clip that somebody wants.</summary>
public sealed record ClipRequest
{
    /// <summary>What to see.</summary>
    public required string Prompt { get; init; }

    /// <summary>What not to see; may be empty.</summary>
    public string Negative { get; init; } = string.Empty;

    public required PictureSize Size { get; init; }

    /// <summary>Pictures: what the autoencoder's first latent frame gives, and a whole number of times what each later one does (81 = 1 + 20 x 4).</summary>
    public int Frames { get; init; } = 81;

    /// <summary>1 to 1000.</summary>
    public int Steps { get; init; } = 50;

    /// <summary>Classifier-free guidance; 1 and below is none, which halves the work.</summary>
    public float Guidance { get; init; } = 6;

    /// <summary>Together with all else it decides every pixel.</summary>
    public ulong Seed { get; init; }

    /// <summary>A picture that the clip begins with, [height, width, 3] of <see cref="Size"/>, one byte per channel; empty for none.</summary>
    public ReadOnlyMemory<byte> Image { get; init; }

    internal bool IsGuided => Guidance > 1;
}
