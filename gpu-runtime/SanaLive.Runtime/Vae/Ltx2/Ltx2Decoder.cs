using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.Ltx2;

/// <summary>
/// The LTX-2 VAE's decoder. A causal one decodes streams, one latent frame per call (golden case d3); one that looks ahead, as it is
/// published, decodes clips, whose pictures come some latent frames later and whose memory does not depend on the clip's length either
/// (golden case d1).
/// </summary>
/// <remarks>
/// At 704x1280 with the published widths a causal stream keeps 1.19 GB, a decoder that looks ahead 1.73 GB, and either works in 0.31 GB,
/// whatever the duration; <see cref="WorkingBytes"/> computes it. Weights on a processor take up to 16/9 of their own size.
/// </remarks>
public sealed class Ltx2Decoder : VideoDecoder
{
    private readonly KernelSet kernels;
    private readonly Ltx2Config config;
    private readonly LatentScale scale;
    private readonly FramePlan plan = new();
    private readonly FrameChain chain;
    private readonly int[] latentsBefore;
    private readonly int input;
    private readonly FrameLevel last;
    private FrameWorkspace? workspace;
    private Tensor? pictures;
    private Tensor[] picture = [];

    /// <summary>Takes <c>decoder.*</c>, <c>latents_mean</c> and <c>latents_std</c> of the checkpoint.</summary>
    public Ltx2Decoder(KernelSet kernels, Ltx2Config config, Checkpoint checkpoint)
        : base(kernels)
    {
        (this.kernels, this.config) = (kernels, config);
        scale = new LatentScale(checkpoint, config);
        chain = new FrameChain(1);
        input = plan.Use("in", chain.Level, config.LatentChannels);
        var layers = new Ltx2Layers(kernels, checkpoint, plan, config.DecoderPadding, looksAhead: !config.DecoderCausal);
        var channels = config.DecoderStages[0].Inputs;
        chain.Add(new ConvLayer(layers, chain.Level, config.LatentChannels, layers.ConvWeight("decoder.conv_in", channels, config.LatentChannels), layers.ConvBias("decoder.conv_in", channels), norm: false), 1);
        chain.Add(new FrameTap("conv_in"), 0);
        Blocks("decoder.mid_block", config.DecoderMidLayers, channels);
        chain.Add(new FrameTap("mid_block"), 0);
        for (var i = 0; i < config.DecoderStages.Count; i++)
        {
            var (stage, name) = (config.DecoderStages[i], $"decoder.up_blocks.{i}");
            if (stage.ChangesChannels)
            {
                chain.Add(new FrameResBlock(layers, $"{name}.conv_in", chain.Level, channels, stage.Outputs, config.NormEps), 2);
                channels = stage.Outputs;
            }

            if (stage.Resizes)
            {
                var next = chain.NextLevel(chain.Level.Scale * stage.PixelFactor);
                chain.AddBefore(next, new DoublingLayer(layers, $"{name}.upsamplers.0.conv", chain.Level, next, channels, stage), stage.FrameFactor);
            }

            channels = stage.Outputs;
            Blocks(name, stage.Layers, channels);
            chain.Add(new FrameTap($"up{i}"), 0);
        }

        last = chain.Level;
        chain.Add(PatchedConv(layers, channels), 1);
        latentsBefore = FrameReach.LatentsBefore(chain.Levels);

        void Blocks(string name, int count, int channels)
        {
            for (var i = 0; i < count; i++)
                chain.Add(new FrameResBlock(layers, $"{name}.resnets.{i}", chain.Level, channels, channels, config.NormEps), 2);
        }
    }

    public override int LatentChannels => config.LatentChannels;

    public override int SpatialScale => config.SpatialScale;

    public override int FramesPerLatent => config.TemporalScale;

    public override int FramesOfFirstLatent => 1;

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The decoder looks ahead.</exception>
    public override int ReceptiveField => config.DecoderCausal ? latentsBefore[0] + 1 : throw LooksAhead();

    /// <summary>Sees intermediate tensors by their names in the goldens, frame by frame. For tests.</summary>
    internal Action<string, Tensor>? Observer { get; set; }

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The decoder looks ahead.</exception>
    public override DecoderHistory CreateHistory(int latentHeight, int latentWidth) =>
        config.DecoderCausal ? new Ltx2History(kernels, plan.CreateMemories(kernels, latentHeight, latentWidth)) : throw LooksAhead();

    /// <summary>Bytes beside the weights that decoding takes: what is kept from frame to frame, and what is worked in. The same for every number of frames.</summary>
    public long WorkingBytes(int latentHeight, int latentWidth) =>
        plan.MemoryBytes(latentHeight, latentWidth) + plan.WorkspaceBytes(latentHeight, latentWidth)
        + (long)FramesPerLatent * latentHeight * SpatialScale * latentWidth * SpatialScale * 3 * sizeof(float);

    public override void Remember(ReadOnlySpan<float> latents, int latentHeight, int latentWidth, DecoderHistory history, int followedBy = 0)
    {
        var frame = Read(latents, latentHeight, latentWidth, normalised: true);
        var own = (Ltx2History)history;
        var run = new FrameRun(workspace!, own.Memories) { LastLevel = Array.FindLastIndex(latentsBefore, before => followedBy < before) };
        chain.Push(frame, run);
        own.Frames++;
    }

    internal override Tensor Forward(ReadOnlySpan<float> latents, int latentHeight, int latentWidth, DecoderHistory history)
    {
        var frame = Read(latents, latentHeight, latentWidth, normalised: true);
        var (own, given) = ((Ltx2History)history, 0);
        var run = new FrameRun(workspace!, own.Memories)
        {
            Observer = Observer,
            Output = patches => kernels.DepthToSpace(patches, last.Scale * latentHeight, last.Scale * latentWidth, config.PatchSize, picture[given++]),
        };
        chain.Push(frame, run);
        own.Frames++;
        return given == picture.Length ? pictures! : picture[0];
    }

    internal override void ForwardClip(ReadOnlySpan<float> latents, int latentFrames, int latentHeight, int latentWidth, Action<Tensor> show) =>
        ForwardClip(latents, latentFrames, latentHeight, latentWidth, show, normalised: true);

    /// <summary>A clip's pictures, one by one; latents as the transformer makes them, or as the encoder does before normalising.</summary>
    internal void ForwardClip(ReadOnlySpan<float> latents, int latentFrames, int latentHeight, int latentWidth, Action<Tensor> show, bool normalised)
    {
        var length = RequireClip(latents, latentFrames, latentHeight, latentWidth);
        using var memories = new Ltx2History(kernels, plan.CreateMemories(kernels, latentHeight, latentWidth));
        FrameRun? run = null;
        for (var at = 0; at < latentFrames; at++)
        {
            var frame = Read(latents.Slice(at * length, length), latentHeight, latentWidth, normalised);
            run ??= new FrameRun(workspace!, memories.Memories)
            {
                Observer = Observer,
                Output = patches =>
                {
                    kernels.DepthToSpace(patches, last.Scale * latentHeight, last.Scale * latentWidth, config.PatchSize, picture[0]);
                    show(picture[0]);
                },
            };
            chain.Push(frame, run);
        }

        chain.End(run!);
    }

    protected override void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        chain.Dispose();
        Forget();
    }

    /// <summary>The norm, SiLU and convolution at the end: outputs in the order of the move from patches to pixels.</summary>
    private ConvLayer PatchedConv(Ltx2Layers layers, int channels)
    {
        var outputs = 3 * config.PatchSize * config.PatchSize;
        var (weight, bias) = (layers.ConvWeight("decoder.conv_out", outputs, channels), layers.ConvBias("decoder.conv_out", outputs));
        var (movedWeight, movedBias, row) = (new float[weight.Length], new float[outputs], channels * 27);
        for (var o = 0; o < outputs; o++)
        {
            var to = Ltx2Layers.PatchColumn(o, 3, config.PatchSize);
            weight.AsSpan(o * row, row).CopyTo(movedWeight.AsSpan(to * row));
            movedBias[to] = bias[o];
        }

        return new ConvLayer(layers, chain.Level, channels, movedWeight, movedBias, norm: true);
    }

    /// <summary>Puts a latent frame where the first layer reads it.</summary>
    private Tensor Read(ReadOnlySpan<float> latents, int height, int width, bool normalised)
    {
        if (height <= 0 || width <= 0 || latents.Length != (long)height * width * LatentChannels)
            throw new ArgumentException($"{latents.Length} latents are not {height} x {width} x {LatentChannels}.", nameof(latents));
        if (config.DecoderPadding == Padding.Reflect && Math.Min(height, width) < 2)
            throw new ArgumentException($"Latents of {height} x {width} are too small: this decoder mirrors frames at their borders and needs 2 x 2.", nameof(latents));
        if (workspace is null || workspace.LatentHeight != height || workspace.LatentWidth != width)
        {
            Forget();
            workspace = plan.CreateWorkspace(kernels, height, width);
            var pixels = checked(height * SpatialScale * width * SpatialScale);
            pictures = kernels.Create(checked(FramesPerLatent * pixels), 3);
            picture = [.. Enumerable.Range(0, FramesPerLatent).Select(i => pictures.Slice(i * pixels, pixels))];
        }

        var frame = workspace[input];
        if (normalised)
        {
            var z = new float[latents.Length];
            scale.Denormalise(latents, z);
            kernels.Write(frame, z);
        }
        else
        {
            kernels.Write(frame, latents);
        }

        Observer?.Invoke("denorm_latents", frame);
        return frame;
    }

    private void Forget()
    {
        workspace?.Dispose();
        pictures?.Dispose();
        (workspace, pictures, picture) = (null, null, []);
    }

    private static NotSupportedException LooksAhead() =>
        new("This decoder looks at later latent frames (decoder_causal is false), so it decodes whole clips and no streams.");
}
