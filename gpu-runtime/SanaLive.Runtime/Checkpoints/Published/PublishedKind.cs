namespace SanaLive.Runtime.Checkpoints.Published;

/// <summary>What a published checkpoint was trained to make.</summary>
public enum PublishedKind
{
    /// <summary>SANA-Video: clips of up to 81 frames, all of them generated at once, in about 50 steps with guidance.</summary>
    Clip,

    /// <summary>LongSANA (LongLive): endless streams, block by block, in 4 steps without guidance.</summary>
    LongSana,
}
