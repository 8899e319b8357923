namespace SanaLive.Runtime.Vae;

/// <summary>Latents to pictures, one latent frame per call, so that a stream is decoded as it is made.</summary>
public abstract class VideoDecoder : IDisposable
{
    public abstract int LatentChannels { get; }

    /// <summary>Pixels of a latent pixel's side.</summary>
    public abstract int SpatialScale { get; }

    /// <summary>Pictures of a latent frame.</summary>
    public abstract int FramesPerLatent { get; }

    /// <summary>Latent frames that a picture depends on, its own among them: decoding so many again rebuilds a history exactly.</summary>
    public abstract int ReceptiveField { get; }

    public abstract DecoderHistory CreateHistory(int latentHeight, int latentWidth);

    /// <summary>Decodes the next latent frame of a stream.</summary>
    /// <param name="latents">[height, width, channels], as the transformer makes them (normalised).</param>
    /// <param name="latentHeight">Of the latent frame.</param>
    /// <param name="latentWidth">Of the latent frame.</param>
    /// <param name="history">The stream's; advanced by one frame.</param>
    /// <param name="rgb">[pictures, height, width, 3].</param>
    public abstract void Decode(ReadOnlySpan<float> latents, int latentHeight, int latentWidth, DecoderHistory history, Span<byte> rgb);

    /// <summary>Advances a history by one latent frame as <see cref="Decode"/> does, and makes no pictures.</summary>
    /// <param name="latents">[height, width, channels], as the transformer makes them (normalised).</param>
    /// <param name="latentHeight">Of the latent frame.</param>
    /// <param name="latentWidth">Of the latent frame.</param>
    /// <param name="history">Advanced by one frame.</param>
    /// <param name="followed">
    /// Another latent frame is remembered at once: what only the next one looks at is left out, which leaves a hundredth of the work.
    /// </param>
    public abstract void Remember(ReadOnlySpan<float> latents, int latentHeight, int latentWidth, DecoderHistory history, bool followed = false);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);
}
