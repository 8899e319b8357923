using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae;

/// <summary>Latents to pictures, one latent frame per call, so that a stream is decoded as it is made.</summary>
/// <param name="kernels">Own its weights and run it.</param>
public abstract class VideoDecoder(KernelSet kernels) : IDisposable
{
    public abstract int LatentChannels { get; }

    /// <summary>Pixels of a latent pixel's side.</summary>
    public abstract int SpatialScale { get; }

    /// <summary>Pictures of a latent frame.</summary>
    public abstract int FramesPerLatent { get; }

    /// <summary>Pictures of a stream's first latent frame: fewer in decoders whose first picture stands for itself.</summary>
    public virtual int FramesOfFirstLatent => FramesPerLatent;

    /// <summary>Latent frames that a picture depends on, its own among them: decoding so many again rebuilds a history exactly.</summary>
    public abstract int ReceptiveField { get; }

    /// <summary>Pictures of all of a clip's latent frames.</summary>
    public int FramesOf(int latentFrames) => latentFrames == 0 ? 0 : FramesOfFirstLatent + ((latentFrames - 1) * FramesPerLatent);

    /// <summary>Pictures that the next <see cref="Decode(ReadOnlySpan{float}, int, int, DecoderHistory, Span{byte})"/> with this history gives.</summary>
    public int NextFrames(DecoderHistory history) => history.Frames == 0 ? FramesOfFirstLatent : FramesPerLatent;

    public abstract DecoderHistory CreateHistory(int latentHeight, int latentWidth);

    /// <summary>Decodes the next latent frame of a stream.</summary>
    /// <param name="latents">[height, width, channels], as the transformer makes them (normalised).</param>
    /// <param name="latentHeight">Of the latent frame.</param>
    /// <param name="latentWidth">Of the latent frame.</param>
    /// <param name="history">The stream's; advanced by one frame.</param>
    /// <param name="rgb">[pictures, height, width, 3], as many pictures as <see cref="NextFrames"/> says beforehand.</param>
    public void Decode(ReadOnlySpan<float> latents, int latentHeight, int latentWidth, DecoderHistory history, Span<byte> rgb)
    {
        RequireRoom(latentHeight, latentWidth, history, rgb.Length);
        kernels.ReadBytes(Forward(latents, latentHeight, latentWidth, history), 127.5f, 127.5f, rgb);
    }

    /// <inheritdoc cref="Decode(ReadOnlySpan{float}, int, int, DecoderHistory, Span{byte})"/>
    /// <remarks>Numbers from about -1 to 1, not held within.</remarks>
    public void Decode(ReadOnlySpan<float> latents, int latentHeight, int latentWidth, DecoderHistory history, Span<float> rgb)
    {
        RequireRoom(latentHeight, latentWidth, history, rgb.Length);
        kernels.Read(Forward(latents, latentHeight, latentWidth, history), rgb);
    }

    /// <summary>Decodes a whole clip from its beginning: what a decoder that looks at later latent frames can do, too.</summary>
    /// <param name="latents">[latent frames, height, width, channels], as the transformer makes them (normalised).</param>
    /// <param name="latentFrames">At least one.</param>
    /// <param name="latentHeight">Of the latent frames.</param>
    /// <param name="latentWidth">Of the latent frames.</param>
    /// <returns>[<see cref="FramesOf"/> pictures, height, width, 3].</returns>
    /// <exception cref="ArgumentException">The latents are not of that size.</exception>
    public byte[] DecodeClip(ReadOnlySpan<float> latents, int latentFrames, int latentHeight, int latentWidth)
    {
        RequireClip(latents, latentFrames, latentHeight, latentWidth);
        var rgb = new byte[checked(FramesOf(latentFrames) * latentHeight * SpatialScale * latentWidth * SpatialScale * 3)];
        var given = 0;
        ForwardClip(latents, latentFrames, latentHeight, latentWidth, pictures =>
        {
            var count = (int)pictures.Count;
            kernels.ReadBytes(pictures, 127.5f, 127.5f, rgb.AsSpan(given, count));
            given += count;
        });
        return rgb;
    }

    /// <summary>Advances a history by one latent frame as decoding does, and makes no pictures.</summary>
    /// <param name="latents">[height, width, channels], as the transformer makes them (normalised).</param>
    /// <param name="latentHeight">Of the latent frame.</param>
    /// <param name="latentWidth">Of the latent frame.</param>
    /// <param name="history">Advanced by one frame.</param>
    /// <param name="followedBy">
    /// So many latent frames more are remembered at once before anything is decoded: what no later picture looks back at is left out, which
    /// is most of the work.
    /// </param>
    public abstract void Remember(ReadOnlySpan<float> latents, int latentHeight, int latentWidth, DecoderHistory history, int followedBy = 0);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// The pictures of one latent frame as numbers about -1 to 1, [pictures * height * width, 3], valid until the next call. Advances the
    /// history and its <see cref="DecoderHistory.Frames"/>.
    /// </summary>
    /// <exception cref="ArgumentException">The latents are not of that size.</exception>
    internal abstract Tensor Forward(ReadOnlySpan<float> latents, int latentHeight, int latentWidth, DecoderHistory history);

    /// <summary>A clip's pictures in their order, [some pictures * height * width, 3] at a time, valid until the next.</summary>
    internal virtual void ForwardClip(ReadOnlySpan<float> latents, int latentFrames, int latentHeight, int latentWidth, Action<Tensor> show)
    {
        var length = RequireClip(latents, latentFrames, latentHeight, latentWidth);
        using var history = CreateHistory(latentHeight, latentWidth);
        for (var frame = 0; frame < latentFrames; frame++)
            show(Forward(latents.Slice(frame * length, length), latentHeight, latentWidth, history));
    }

    /// <summary>Numbers of one latent frame, of a clip that has as many as it should.</summary>
    private protected int RequireClip(ReadOnlySpan<float> latents, int latentFrames, int latentHeight, int latentWidth)
    {
        if (latentFrames < 1 || latentHeight < 1 || latentWidth < 1 || latents.Length != (long)latentFrames * latentHeight * latentWidth * LatentChannels)
            throw new ArgumentException($"{latents.Length} latents are not a clip of {latentFrames} x {latentHeight} x {latentWidth} x {LatentChannels}.", nameof(latents));
        return latentHeight * latentWidth * LatentChannels;
    }

    protected abstract void Dispose(bool disposing);

    private void RequireRoom(int latentHeight, int latentWidth, DecoderHistory history, int numbers)
    {
        var (height, width) = (latentHeight * SpatialScale, latentWidth * SpatialScale);
        if (numbers != (long)NextFrames(history) * height * width * 3)
            throw new ArgumentException($"{numbers} numbers are not {NextFrames(history)} pictures of {height} x {width} x 3.");
    }
}
