using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.Wan;

/// <summary>
/// The encoder of Wan 2.1's VAE: the first picture becomes a latent frame of its own, then each four (as the config says) one more.
/// Golden cases c1. diffusers' <c>AutoencoderKLWan</c>, whose tensor names it takes.
/// </summary>
/// <remarks>
/// Picture by picture through all levels, so that the duration of a clip costs no memory. All of it is given back after a clip:
/// at 480x832 with Wan 2.1's widths 3.23 GB, which <see cref="PeakBytes"/> computes.
/// </remarks>
public sealed class WanEncoder : VideoEncoder
{
    // Of every frame: nothing is ever left out.
    private const int Distance = int.MinValue;

    private readonly KernelSet kernels;
    private readonly WanVaeConfig config;
    private readonly WanLayout layout = new();
    private readonly WanChain chain;
    private readonly Weights quant;
    private readonly int pixels;
    private readonly int moments;

    /// <summary>Takes <c>encoder.*</c> and <c>quant_conv.*</c> of the checkpoint.</summary>
    public WanEncoder(KernelSet kernels, WanVaeConfig config, Checkpoint checkpoint)
    {
        this.kernels = kernels;
        this.config = config;
        pixels = layout.Frame("pixels", SpatialScale, 3);
        chain = new WanChain([.. Layers(checkpoint)]);
        var both = 2 * config.LatentChannels;
        quant = kernels.PackLinear(checkpoint.Take("quant_conv.weight", both, both, 1, 1, 1), both, both, checkpoint.Take("quant_conv.bias", both));
        moments = layout.Frame("moments", 1, both);
    }

    public override int LatentChannels => config.LatentChannels;

    public override int SpatialScale => config.SpatialScale;

    public override int FramesPerLatent => config.FramesPerLatent;

    public override int FramesOfFirstLatent => 1;

    /// <summary>Sees the moments of each latent frame, [pixels, mean and log variance]. For tests.</summary>
    internal Action<string, Tensor>? Observer { get; set; }

    /// <summary>Bytes of all tensors while a clip is encoded. Weights and what a kernel needs while it runs (some 20 MB) come on top.</summary>
    /// <param name="height">Of the pictures, a multiple of <see cref="SpatialScale"/>.</param>
    /// <param name="width">Of the pictures, likewise.</param>
    /// <exception cref="ArgumentException">No clip has that size.</exception>
    public long PeakBytes(int height, int width)
    {
        RequireSize(height, width);
        return layout.TailBytes(height / SpatialScale, width / SpatialScale) + layout.WorkspaceBytes(height / SpatialScale, width / SpatialScale);
    }

    protected override void EncodeClip(ReadOnlySpan<float> video, int frames, int height, int width, Span<float> latents)
    {
        var (rows, columns, picture) = (height / SpatialScale, width / SpatialScale, height * width * 3);
        using var work = layout.CreateWorkspace(kernels, rows, columns);
        var tails = layout.CreateTails(kernels, rows, columns);
        try
        {
            var all = new List<float>();
            for (var frame = 0; frame < frames; frame++)
            {
                var pass = new WanPass(tails, work, frame == 0);
                kernels.Write(pass.Frame(pixels), video.Slice(frame * picture, picture));
                chain.Run(pass.Frame(pixels), pass, Distance, x => all.AddRange(Means(x, pass.Frame(moments))));
            }

            for (var i = 0; i < latents.Length; i++)
                latents[i] = (all[i] - config.LatentsMean[i % LatentChannels]) / config.LatentsStd[i % LatentChannels];
        }
        finally
        {
            foreach (var tail in tails)
                tail.Dispose();
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        chain.Dispose();
        quant.Dispose();
    }

    /// <summary>The means of one latent frame, not normalised.</summary>
    private IEnumerable<float> Means(Tensor x, Tensor moments)
    {
        kernels.Linear(x, quant, moments);
        Observer?.Invoke("moments", moments);
        var values = new float[moments.Count];
        kernels.Read(moments, values);
        return values.Where((_, i) => i % (2 * LatentChannels) < LatentChannels);
    }

    private IEnumerable<WanLayer> Layers(Checkpoint checkpoint)
    {
        var widths = config.Multipliers.Select(multiplier => multiplier * config.EncoderChannels).ToArray();
        var (scale, channels, index) = (SpatialScale, config.EncoderChannels, 0);
        yield return new WanConv(kernels, checkpoint, layout, "encoder.conv_in", null, scale, 3, channels);
        for (var level = 0; level < widths.Length; level++)
        {
            for (var block = 0; block < config.ResBlocks; block++, channels = widths[level])
                yield return new WanResBlock(kernels, checkpoint, layout, $"encoder.down_blocks.{index++}", scale, channels, widths[level]);
            if (level == widths.Length - 1)
                continue;
            var name = $"encoder.down_blocks.{index++}";
            yield return new SpaceHalving(kernels, checkpoint, layout, $"{name}.resample.1", scale, channels);
            scale /= 2;
            if (config.HalvesTime[level])
                yield return new TimeHalving(kernels, checkpoint, layout, $"{name}.time_conv", scale, channels);
        }

        yield return new WanResBlock(kernels, checkpoint, layout, "encoder.mid_block.resnets.0", scale, channels, channels);
        yield return new WanAttention(kernels, checkpoint, layout, "encoder.mid_block.attentions.0", scale, channels);
        yield return new WanResBlock(kernels, checkpoint, layout, "encoder.mid_block.resnets.1", scale, channels, channels);
        yield return new WanConv(kernels, checkpoint, layout, "encoder.conv_out", "encoder.norm_out", scale, channels, 2 * LatentChannels);
    }
}
