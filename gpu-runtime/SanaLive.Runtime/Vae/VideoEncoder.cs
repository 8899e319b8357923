namespace SanaLive.Runtime.Vae;

/// <summary>Pictures to latents, a clip at a time: what a start image and an image-to-video clip need.</summary>
public abstract class VideoEncoder : IDisposable
{
    public abstract int LatentChannels { get; }

    /// <summary>Pixels of a latent pixel's side.</summary>
    public abstract int SpatialScale { get; }

    /// <summary>Pictures that become one latent frame.</summary>
    public abstract int FramesPerLatent { get; }

    /// <summary>Pictures that become a clip's first latent frame: fewer in encoders whose first picture stands for itself.</summary>
    public virtual int FramesOfFirstLatent => FramesPerLatent;

    /// <summary>Latent frames of a clip.</summary>
    /// <exception cref="ArgumentException">No clip has so many pictures.</exception>
    public int LatentFrames(int frames) => frames >= FramesOfFirstLatent && (frames - FramesOfFirstLatent) % FramesPerLatent == 0
        ? 1 + ((frames - FramesOfFirstLatent) / FramesPerLatent)
        : throw new ArgumentException($"A clip of this model has {FramesOfFirstLatent} pictures and any number of times {FramesPerLatent} more, not {frames}.", nameof(frames));

    /// <summary>Encodes a clip from its beginning.</summary>
    /// <param name="video">[frames, height, width, 3], -1 to 1.</param>
    /// <param name="frames">As <see cref="LatentFrames"/> allows.</param>
    /// <param name="height">A multiple of <see cref="SpatialScale"/>.</param>
    /// <param name="width">A multiple of <see cref="SpatialScale"/>.</param>
    /// <param name="latents">[latent frames, height / scale, width / scale, channels]: the mean, normalised for the transformer.</param>
    /// <exception cref="ArgumentException">The clip, its size or the room for latents does not fit.</exception>
    public void Encode(ReadOnlySpan<float> video, int frames, int height, int width, Span<float> latents)
    {
        var latentFrames = LatentFrames(frames);
        RequireSize(height, width);
        if (video.Length != (long)frames * height * width * 3)
            throw new ArgumentException($"{video.Length} numbers are not {frames} pictures of {height} x {width} x 3.", nameof(video));
        if (latents.Length != (long)latentFrames * (height / SpatialScale) * (width / SpatialScale) * LatentChannels)
            throw new ArgumentException($"{latents.Length} latents are not {latentFrames} x {height / SpatialScale} x {width / SpatialScale} x {LatentChannels}.", nameof(latents));
        EncodeClip(video, frames, height, width, latents);
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary><see cref="Encode"/>, of sizes that fit.</summary>
    protected abstract void EncodeClip(ReadOnlySpan<float> video, int frames, int height, int width, Span<float> latents);

    protected abstract void Dispose(bool disposing);

    /// <exception cref="ArgumentException">Pictures of that size are not made of whole latent pixels.</exception>
    private protected void RequireSize(int height, int width)
    {
        if (height <= 0 || width <= 0 || height % SpatialScale != 0 || width % SpatialScale != 0)
            throw new ArgumentException($"Pictures of this model have multiples of {SpatialScale} pixels on each side, not {height} x {width}.");
    }
}
