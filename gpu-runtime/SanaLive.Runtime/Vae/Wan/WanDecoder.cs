using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.Wan;

/// <summary>
/// The decoder of Wan 2.1's VAE, one latent frame per call: the first gives one picture, each later one four (as the config says).
/// Golden cases c1. diffusers' <c>AutoencoderKLWan</c>, whose tensor names it takes.
/// </summary>
/// <remarks>
/// A picture goes through all levels before the next one is begun, so that what is held is one frame of every feature map, and in a
/// stream's history the last two frames at the input of every causal convolution. At 480x832 with Wan 2.1's widths that is 3.78 GB
/// of history and 0.94 GB to work in, whatever the duration; <see cref="PeakBytes"/> computes it.
/// </remarks>
public sealed class WanDecoder : VideoDecoder
{
    private readonly KernelSet kernels;
    private readonly WanVaeConfig config;
    private readonly WanLayout layout = new();
    private readonly WanChain chain;
    private readonly Weights postQuant;
    private readonly int quantised;
    private readonly int latents;
    private readonly float[] mean;
    private readonly float[] std;
    private WanWorkspace? workspace;
    private WanPictures? pictures;

    /// <summary>Takes <c>post_quant_conv.*</c> and <c>decoder.*</c> of the checkpoint.</summary>
    public WanDecoder(KernelSet kernels, WanVaeConfig config, Checkpoint checkpoint)
        : base(kernels)
    {
        this.kernels = kernels;
        this.config = config;
        (mean, std) = ([.. config.LatentsMean], [.. config.LatentsStd]);
        var z = config.LatentChannels;
        postQuant = kernels.PackLinear(checkpoint.Take("post_quant_conv.weight", z, z, 1, 1, 1), z, z, checkpoint.Take("post_quant_conv.bias", z));
        (quantised, latents) = (layout.Frame("quantised", 1, z), layout.Frame("latents", 1, z));
        chain = new WanChain([.. Layers(checkpoint)]);
    }

    public override int LatentChannels => config.LatentChannels;

    public override int SpatialScale => config.SpatialScale;

    public override int FramesPerLatent => config.FramesPerLatent;

    public override int FramesOfFirstLatent => 1;

    /// <summary>Counted back through the layers, two frames for each causal one at its own rate: 39 with Wan 2.1's.</summary>
    public override int ReceptiveField => chain.Reach + 1;

    /// <summary>Bytes of the memory that is worked in now. For tests.</summary>
    internal long WorkingBytes => sizeof(float) * ((workspace?.Frames.Sum(frame => frame.Count) ?? 0) + (pictures?.Count ?? 0));

    private FrameShape PictureShape => new("picture", SpatialScale, 3);

    /// <summary>
    /// Bytes of all tensors while one stream is decoded: its history and the memory to work in. Weights and what a kernel needs while it runs
    /// (some 20 MB) come on top.
    /// </summary>
    /// <param name="height">Of the pictures, a multiple of <see cref="SpatialScale"/>.</param>
    /// <param name="width">Of the pictures, likewise.</param>
    public long PeakBytes(int height, int width)
    {
        if (height <= 0 || width <= 0 || height % SpatialScale != 0 || width % SpatialScale != 0)
            throw new ArgumentException($"Pictures of this model have multiples of {SpatialScale} pixels on each side, not {height} x {width}.");
        var (rows, columns) = (height / SpatialScale, width / SpatialScale);
        return layout.TailBytes(rows, columns) + layout.WorkspaceBytes(rows, columns) + PictureShape.Bytes(rows, columns) * FramesPerLatent;
    }

    public override DecoderHistory CreateHistory(int latentHeight, int latentWidth) =>
        new WanHistory(kernels, layout.CreateTails(kernels, latentHeight, latentWidth));

    public override void Remember(ReadOnlySpan<float> latents, int latentHeight, int latentWidth, DecoderHistory history, int followedBy = 0) =>
        Run(Denormalise(latents), latentHeight, latentWidth, (WanHistory)history, followedBy + 1);

    internal override Tensor Forward(ReadOnlySpan<float> latents, int latentHeight, int latentWidth, DecoderHistory history) =>
        ForwardRaw(Denormalise(latents), latentHeight, latentWidth, history);

    /// <summary><see cref="Forward"/> of latents that are not normalised.</summary>
    internal Tensor ForwardRaw(ReadOnlySpan<float> latents, int latentHeight, int latentWidth, DecoderHistory history)
    {
        Run(latents, latentHeight, latentWidth, (WanHistory)history, distance: 0);
        return pictures!.Made;
    }

    protected override void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        chain.Dispose();
        postQuant.Dispose();
        workspace?.Dispose();
        pictures?.Dispose();
    }

    private IEnumerable<WanLayer> Layers(Checkpoint checkpoint)
    {
        var widths = config.Multipliers.Select(multiplier => multiplier * config.DecoderChannels).ToArray();
        var (scale, channels) = (1, widths[^1]);
        yield return new WanConv(kernels, checkpoint, layout, "decoder.conv_in", null, scale, config.LatentChannels, channels);
        yield return new WanResBlock(kernels, checkpoint, layout, "decoder.mid_block.resnets.0", scale, channels, channels);
        yield return new WanAttention(kernels, checkpoint, layout, "decoder.mid_block.attentions.0", scale, channels);
        yield return new WanResBlock(kernels, checkpoint, layout, "decoder.mid_block.resnets.1", scale, channels, channels);
        for (var level = widths.Length - 1; level >= 0; level--)
        {
            var (name, inputs) = ($"decoder.up_blocks.{widths.Length - 1 - level}", channels);
            channels = widths[level];
            for (var block = 0; block <= config.ResBlocks; block++)
                yield return new WanResBlock(kernels, checkpoint, layout, $"{name}.resnets.{block}", scale, block == 0 ? inputs : channels, channels);
            if (level == 0)
                continue;
            if (config.HalvesTime[level - 1])
                yield return new TimeDoubling(kernels, checkpoint, layout, $"{name}.upsamplers.0.time_conv", scale, channels);
            yield return new SpaceDoubling(kernels, checkpoint, layout, $"{name}.upsamplers.0.resample.1", scale, channels, channels / 2);
            (scale, channels) = (2 * scale, channels / 2);
        }

        yield return new WanConv(kernels, checkpoint, layout, "decoder.conv_out", "decoder.norm_out", scale, channels, 3);
    }

    /// <summary>One latent frame, whose pictures are kept if its distance is 0.</summary>
    private void Run(ReadOnlySpan<float> values, int height, int width, WanHistory history, int distance)
    {
        if (values.Length != (long)height * width * LatentChannels)
            throw new ArgumentException($"{values.Length} latents are not {height} x {width} x {LatentChannels}.");
        if (workspace is null || pictures is null || workspace.Height != height || workspace.Width != width)
        {
            workspace?.Dispose();
            pictures?.Dispose();
            workspace = layout.CreateWorkspace(kernels, height, width);
            pictures = new WanPictures(kernels, FramesPerLatent, PictureShape.Rows(height, width));
        }

        var pass = new WanPass(history.Tails, workspace, history.Frames == 0);
        kernels.Write(pass.Frame(latents), values);
        kernels.Linear(pass.Frame(latents), postQuant, pass.Frame(quantised));
        pictures.Begin();
        chain.Run(pass.Frame(quantised), pass, distance, pictures.Add);
        history.Frames++;
    }

    private float[] Denormalise(ReadOnlySpan<float> values)
    {
        var raw = new float[values.Length];
        for (var i = 0; i < raw.Length; i++)
            raw[i] = values[i] * std[i % std.Length] + mean[i % mean.Length];
        return raw;
    }
}
