using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae;

/// <summary>
/// The embedded world's decoder: two temporal convolutions look back in time at the latents' own size, then each latent frame becomes
/// four pictures, of which, with a carry, the first three follow from the last one shown. Golden cases world_vae and world_vae_carry.
/// </summary>
public sealed class WorldDecoder : VideoDecoder
{
    private readonly KernelSet kernels;
    private readonly WorldVaeConfig config;
    private readonly Weights convIn;
    private readonly TemporalBlock[] temporal;
    private readonly ResBlock[] blocks16;
    private readonly Weights up8;
    private readonly ResBlock[] blocks8;
    private readonly PictureSplit pictures;
    private readonly ResBlock[] blocks4;
    private readonly Weights up2;
    private readonly Weights conv2;
    private readonly Weights convOut;
    private readonly float[] mean;
    private readonly float[] std;
    private WorldDecoderWorkspace? workspace;

    /// <summary>Takes <c>decoder.*</c> of the checkpoint.</summary>
    public WorldDecoder(KernelSet kernels, WorldVaeConfig config, Checkpoint checkpoint)
        : base(kernels)
    {
        this.kernels = kernels;
        this.config = config;
        (mean, std) = ([.. config.LatentsMean], [.. config.LatentsStd]);
        var (c16, c8, c4, c2) = (config.DecoderChannels[0], config.DecoderChannels[1], config.DecoderChannels[2], config.DecoderChannels[3]);
        convIn = VaeLayers.Conv3x3(kernels, checkpoint, "decoder.conv_in", c16, config.LatentChannels);
        temporal = [.. Enumerable.Range(0, config.DecoderTemporalBlocks).Select(i => new TemporalBlock(kernels, checkpoint, $"decoder.temporal.{i}", c16))];
        blocks16 = Blocks("blocks16", config.DecoderResBlocks[0], c16, norms: true);
        up8 = VaeLayers.Shuffled1x1(kernels, checkpoint, "decoder.up8", 4 * c8, c16);
        blocks8 = Blocks("blocks8", config.DecoderResBlocks[1], c8, norms: true);
        pictures = new PictureSplit(kernels, checkpoint, c8, c4, config.DecoderCarry);
        blocks4 = Blocks("blocks4", config.DecoderResBlocks[2], c4, norms: false);
        up2 = VaeLayers.Shuffled1x1(kernels, checkpoint, "decoder.up2", 4 * c2, c4);
        conv2 = VaeLayers.Conv3x3(kernels, checkpoint, "decoder.conv2", c2, c2);
        convOut = VaeLayers.Shuffled3x3(kernels, checkpoint, "decoder.conv_out", 12, c2);

        ResBlock[] Blocks(string name, int count, int channels, bool norms) =>
            [.. Enumerable.Range(0, count).Select(i => new ResBlock(kernels, checkpoint, $"decoder.{name}.{i}", channels, norms))];
    }

    public override int LatentChannels => config.LatentChannels;

    public override int SpatialScale => WorldVaeConfig.SpatialScale;

    public override int FramesPerLatent => WorldVaeConfig.FramesPerLatent;

    public override int ReceptiveField => 2 * config.DecoderTemporalBlocks + (Carries ? 2 : 1);

    private bool Carries => config.DecoderCarry.Count > 0;

    /// <summary>Sees intermediate tensors by their names in the goldens. For tests.</summary>
    internal Action<string, Tensor>? Observer { get; set; }

    public override DecoderHistory CreateHistory(int latentHeight, int latentWidth) => new WorldHistory(
        kernels, [.. Enumerable.Range(0, 2 * temporal.Length).Select(_ => kernels.Create(latentHeight * latentWidth, config.DecoderChannels[0]))],
        Carries ? kernels.Create(16 * latentHeight * latentWidth, config.DecoderChannels[2]) : null);

    public override void Remember(ReadOnlySpan<float> latents, int latentHeight, int latentWidth, DecoderHistory history, int followedBy = 0)
    {
        var own = (WorldHistory)history;
        var w = LookBack(latents, latentHeight, latentWidth, own);
        if (followedBy > 0)
        {
            own.ForgetLastPicture();
        }
        else if (Carries)
        {
            Enlarge(w);
            pictures.Remember(w, own);
        }
    }

    internal override Tensor Forward(ReadOnlySpan<float> latents, int latentHeight, int latentWidth, DecoderHistory history)
    {
        var (own, height, width) = ((WorldHistory)history, latentHeight, latentWidth);
        var w = LookBack(latents, height, width, own);
        Enlarge(w);
        pictures.Forward(w, own);
        foreach (var block in blocks4)
            block.Forward(w.X4, w.A4, w.B4, 4 * height, 4 * width);

        kernels.Activate(w.X4, Activation.Silu, w.A4);
        kernels.Linear(w.A4, up2, w.Deep2);
        kernels.DepthToSpace(w.Deep2, 4 * height, 4 * width, 2, w.X2);
        kernels.Activate(w.X2, Activation.Silu, w.A2);
        kernels.Conv3x3(w.A2, conv2, 8 * height, 8 * width, w.X2, new Epilogue(Residual: w.X2));
        kernels.Activate(w.X2, Activation.Silu, w.A2);
        kernels.Conv3x3(w.A2, convOut, 8 * height, 8 * width, w.Deep1);
        kernels.DepthToSpace(w.Deep1, 8 * height, 8 * width, 2, w.Rgb);
        return w.Rgb;
    }

    /// <summary>From the hidden state in X16 to that in X8.</summary>
    private void Enlarge(WorldDecoderWorkspace w)
    {
        foreach (var block in blocks16)
            block.Forward(w.X16, w.A16, w.B16, w.Height, w.Width);

        kernels.Linear(w.X16, up8, w.Deep8);
        kernels.DepthToSpace(w.Deep8, w.Height, w.Width, 2, w.X8);
        foreach (var block in blocks8)
            block.Forward(w.X8, w.A8, w.B8, 2 * w.Height, 2 * w.Width);
    }

    /// <summary>All that looks back in time at the latents' size: the hidden state after it is in X16, and the history is advanced.</summary>
    private WorldDecoderWorkspace LookBack(ReadOnlySpan<float> latents, int height, int width, WorldHistory history)
    {
        if (latents.Length != height * width * LatentChannels)
            throw new ArgumentException($"{latents.Length} latents are not {height} x {width} x {LatentChannels}.", nameof(latents));
        if (workspace is null || workspace.Height != height || workspace.Width != width)
        {
            workspace?.Dispose();
            workspace = new WorldDecoderWorkspace(kernels, config, height, width);
        }

        var w = workspace;
        for (var i = 0; i < latents.Length; i++)
            w.HostLatents[i] = latents[i] * std[i % std.Length] + mean[i % std.Length];
        kernels.Write(w.Latents, w.HostLatents);
        Observer?.Invoke("denormalised", w.Latents);

        kernels.Conv3x3(w.Latents, convIn, height, width, w.X16);
        Observer?.Invoke("conv_in", w.X16);
        for (var i = 0; i < temporal.Length; i++)
        {
            temporal[i].Forward(w.X16, w.A16, history.Parts[2 * i], history.Parts[2 * i + 1]);
            Observer?.Invoke($"temporal.{i}", w.X16);
        }

        history.Frames++;
        return w;
    }

    protected override void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        workspace?.Dispose();
        foreach (var block in temporal)
            block.Dispose();
        foreach (var block in blocks16.Concat(blocks8).Concat(blocks4))
            block.Dispose();
        pictures.Dispose();
        foreach (var weights in new[] { convIn, up8, up2, conv2, convOut })
            weights.Dispose();
    }
}
