using SanaLive.Eval.Inputs;
using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;
using SanaLive.Runtime.Vae;

namespace SanaLive.Eval.Measures;

/// <summary>The model's own VAE, there and back.</summary>
internal sealed class Autoencoder : IDisposable
{
    private readonly WorldEncoder encoder;
    private readonly WorldDecoder decoder;

    /// <param name="modelFolder">Holds <c>vae/</c>.</param>
    /// <param name="kernels">Used by one thread at a time.</param>
    public Autoencoder(string modelFolder, KernelSet kernels)
    {
        var part = Path.Combine(modelFolder, "vae");
        var config = WorldVaeConfig.Read(Path.Combine(part, "config.json"));
        using var checkpoint = Checkpoint.Open(part);
        decoder = new WorldDecoder(kernels, config, checkpoint);
        encoder = new WorldEncoder(kernels, config, checkpoint);
    }

    /// <summary>Latent frames whose decoding makes the decoder forget everything before.</summary>
    public int LatentFramesRemembered => decoder.ReceptiveField - 1;

    /// <summary>Encodes and decodes a clip from its beginning.</summary>
    /// <exception cref="EvalException">The clip's size does not fit the VAE.</exception>
    public byte[] Copy(Rendering clip)
    {
        var group = decoder.FramesPerLatent * clip.Height * clip.Width * 3;
        var (height, width) = (clip.Height / decoder.SpatialScale, clip.Width / decoder.SpatialScale);
        if (clip.Frames.Length % group != 0 || height * decoder.SpatialScale != clip.Height || width * decoder.SpatialScale != clip.Width)
            throw new EvalException($"{clip.Frames.Length} bytes of {clip.Width} x {clip.Height} do not fit a VAE of {decoder.SpatialScale} x {decoder.SpatialScale} x {decoder.FramesPerLatent}.");
        using var history = decoder.CreateHistory(height, width);
        var (copy, video, latents) = (new byte[clip.Frames.Length], new float[group], new float[height * width * decoder.LatentChannels]);
        for (var at = 0; at < copy.Length; at += group)
        {
            for (var i = 0; i < group; i++)
                video[i] = clip.Frames[at + i] / 127.5f - 1;
            encoder.Encode(video, decoder.FramesPerLatent, clip.Height, clip.Width, latents);
            decoder.Decode(latents, height, width, history, copy.AsSpan(at, group));
        }

        return copy;
    }

    public void Dispose()
    {
        encoder.Dispose();
        decoder.Dispose();
    }
}
