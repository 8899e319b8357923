namespace SanaLive.Sessions.Encoding;

/// <summary>
/// How a block's pictures are encoded: at one quantizer throughout, so that the keyframe at every block's start is not seen as a pulse;
/// a block that would take too many bytes is encoded again at a coarser one.
/// </summary>
public sealed class Vp8Options
{
    /// <summary>
    /// The most that a block may take, in kilobits per second of video of 320x192 pixels at 16 frames per second; other sizes in proportion.
    /// 100 to 20,000. Exceeded only by a block that does not fit at <see cref="MaxQuantizer"/> either.
    /// </summary>
    public int MaxKilobits { get; set; } = 1000;

    /// <summary>Quantizer of all blocks that fit, 0 (fine) to 63 (coarse). 14 gives 42 to 46 dB and 70 to 560 kbit/s on the embedded world.</summary>
    public int Quantizer { get; set; } = 14;

    /// <summary>The coarsest quantizer that a hard block may come down to: from <see cref="Quantizer"/> to 63.</summary>
    public int MaxQuantizer { get; set; } = 56;

    /// <summary>
    /// 1 (slow, small) to 16 (fast). Given to libvpx as a negative number: with a positive one its real-time mode chooses by the time that it
    /// measures, and the same frames would not give the same bytes.
    /// </summary>
    public int Speed { get; set; } = 5;

    internal IEnumerable<string> Problems()
    {
        if (MaxKilobits is < 100 or > 20_000) yield return $"Video: MaxKilobits must be 100 to 20,000, not {MaxKilobits}.";
        if (Speed is < 1 or > 16) yield return $"Video: Speed must be 1 to 16, not {Speed}.";
        if (Quantizer is < 0 or > 63) yield return $"Video: Quantizer must be 0 to 63, not {Quantizer}.";
        if (MaxQuantizer > 63 || MaxQuantizer < Quantizer)
            yield return $"Video: MaxQuantizer must be from Quantizer ({Quantizer}) to 63, not {MaxQuantizer}.";
    }
}
