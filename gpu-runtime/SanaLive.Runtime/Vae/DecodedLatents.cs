namespace SanaLive.Runtime.Vae;

/// <summary>
/// The last latent frames that a decoder has seen since its history began: <c>ReceptiveField - 1</c> of them, from which the history
/// is made again, bit for bit. In the embedded world they are several times smaller than it.
/// </summary>
/// <param name="capacity">Latent frames that are kept.</param>
/// <param name="frameLength">Numbers of one.</param>
internal sealed class DecodedLatents(int capacity, int frameLength)
{
    private readonly float[] ring = new float[capacity * frameLength];
    private int oldest;

    public int Capacity => capacity;

    public int FrameLength => frameLength;

    /// <summary>Latent frames that are here: fewer than the capacity only when the history is as young.</summary>
    public int Count { get; private set; }

    /// <summary>A latent frame, the oldest first.</summary>
    public ReadOnlySpan<float> this[int frame] => frame >= 0 && frame < Count
        ? ring.AsSpan((oldest + frame) % capacity * frameLength, frameLength)
        : throw new ArgumentOutOfRangeException(nameof(frame), frame, $"{Count} latent frames are here.");

    public void Add(ReadOnlySpan<float> latents)
    {
        if (latents.Length != frameLength)
            throw new ArgumentException($"A latent frame has {frameLength} numbers, not {latents.Length}.", nameof(latents));
        latents.CopyTo(ring.AsSpan((oldest + Count) % capacity * frameLength, frameLength));
        if (Count < capacity)
            Count++;
        else
            oldest = (oldest + 1) % capacity;
    }

    public void Clear() => (oldest, Count) = (0, 0);

    public void CopyFrom(DecodedLatents other)
    {
        other.ring.CopyTo(ring, 0);
        (oldest, Count) = (other.oldest, other.Count);
    }

    /// <summary>Makes the history that a decoder has after these latent frames.</summary>
    /// <param name="decoder">The one that decoded them.</param>
    /// <param name="latentHeight">Of the latent frames.</param>
    /// <param name="latentWidth">Of the latent frames.</param>
    /// <param name="history">Whatever it was, it becomes that history.</param>
    public void Rebuild(VideoDecoder decoder, int latentHeight, int latentWidth, DecoderHistory history)
    {
        history.Clear();
        for (var frame = 0; frame < Count; frame++)
            decoder.Remember(this[frame], latentHeight, latentWidth, history, followedBy: Count - 1 - frame);
    }
}
