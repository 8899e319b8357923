namespace SanaLive.Runtime.Sampling;

/// <summary>How a step goes from one noise level to the next.</summary>
public enum SamplerKind
{
    /// <summary>LongSANA: the clean block is guessed, then noised again with fresh noise.</summary>
    Renoise,

    /// <summary>A straight step along the flow.</summary>
    Euler,
}
