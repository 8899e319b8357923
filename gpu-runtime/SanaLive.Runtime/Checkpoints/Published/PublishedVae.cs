namespace SanaLive.Runtime.Checkpoints.Published;

/// <summary>The autoencoders of the published checkpoints.</summary>
public enum PublishedVae
{
    /// <summary>Wan 2.1: 16 channels, 8x8 pixels and 4 frames to a latent; the transformer takes 2x2 of them as a token.</summary>
    Wan21,

    /// <summary>LTX-2: 128 channels, 32x32 pixels and 8 frames to a latent.</summary>
    Ltx2,
}
