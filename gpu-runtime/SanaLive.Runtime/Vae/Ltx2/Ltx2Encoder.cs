using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.Ltx2;

/// <summary>
/// The LTX-2 VAE's encoder: a clip's first picture becomes a latent frame by itself, every eight further ones another (as published).
/// Golden case d1. Memory depends on the pictures' size and not on their number, and is given back after each call.
/// </summary>
public sealed class Ltx2Encoder : VideoEncoder
{
    private readonly KernelSet kernels;
    private readonly Ltx2Config config;
    private readonly LatentScale scale;
    private readonly FramePlan plan = new();
    private readonly FrameChain chain;
    private readonly int pixels;
    private readonly int input;
    private readonly FrameLevel first;

    /// <summary>Takes <c>encoder.*</c>, <c>latents_mean</c> and <c>latents_std</c> of the checkpoint.</summary>
    public Ltx2Encoder(KernelSet kernels, Ltx2Config config, Checkpoint checkpoint)
    {
        (this.kernels, this.config) = (kernels, config);
        scale = new LatentScale(checkpoint, config);
        chain = new FrameChain(config.SpatialScale / config.PatchSize);
        first = chain.Level;
        var patch = 3 * config.PatchSize * config.PatchSize;
        pixels = plan.Use("pixels", new FrameLevel(-1, config.SpatialScale), 3);
        input = plan.Use("in", first, patch);
        var layers = new Ltx2Layers(kernels, checkpoint, plan, config.EncoderPadding, looksAhead: false);
        var channels = config.EncoderStages[0].Inputs;
        chain.Add(PatchedConv(layers, patch, channels), 1);
        for (var i = 0; i < config.EncoderStages.Count; i++)
        {
            var (stage, name) = (config.EncoderStages[i], $"encoder.down_blocks.{i}");
            Blocks(name, stage.Layers, channels);
            if (stage.Resizes)
            {
                var next = chain.NextLevel(chain.Level.Scale / stage.PixelFactor);
                chain.AddBefore(next, new HalvingLayer(layers, $"{name}.downsamplers.0.conv", chain.Level, next, stage), 1);
            }

            channels = stage.Outputs;
        }

        Blocks("encoder.mid_block", config.EncoderMidLayers, channels);
        var outputs = config.LatentChannels + 1;
        chain.Add(new ConvLayer(layers, chain.Level, channels, layers.ConvWeight("encoder.conv_out", outputs, channels), layers.ConvBias("encoder.conv_out", outputs), norm: true), 1);

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

    /// <summary>Sees the last layer's output, [height * width, latent channels + 1], for every latent frame: the means and one log variance for all. For tests.</summary>
    internal Action<Tensor>? Observer { get; set; }

    /// <summary>Bytes beside the weights that encoding takes, the same for every number of frames.</summary>
    public long WorkingBytes(int latentHeight, int latentWidth) => plan.MemoryBytes(latentHeight, latentWidth) + plan.WorkspaceBytes(latentHeight, latentWidth);

    protected override void EncodeClip(ReadOnlySpan<float> video, int frames, int height, int width, Span<float> latents)
    {
        var (latentHeight, latentWidth) = (height / SpatialScale, width / SpatialScale);
        if (config.EncoderPadding == Padding.Reflect && Math.Min(latentHeight, latentWidth) < 2)
            throw new ArgumentException($"Pictures of {height} x {width} are too small: this encoder mirrors frames at their borders and needs 2 x 2 latents.");
        using var memories = new Ltx2History(kernels, plan.CreateMemories(kernels, latentHeight, latentWidth));
        using var workspace = plan.CreateWorkspace(kernels, latentHeight, latentWidth);
        var z = new float[latents.Length];
        var (given, moments) = (0, new float[latentHeight * latentWidth * (LatentChannels + 1)]);
        var run = new FrameRun(workspace, memories.Memories)
        {
            Output = tensor =>
            {
                Observer?.Invoke(tensor);
                kernels.Read(tensor, moments);
                for (var pixel = 0; pixel < latentHeight * latentWidth; pixel++)
                    moments.AsSpan(pixel * (LatentChannels + 1), LatentChannels).CopyTo(z.AsSpan((given * latentHeight * latentWidth + pixel) * LatentChannels));
                given++;
            },
        };
        for (var frame = 0; frame < frames; frame++)
        {
            kernels.Write(workspace[pixels], video.Slice(frame * height * width * 3, height * width * 3));
            kernels.SpaceToDepth(workspace[pixels], height, width, config.PatchSize, workspace[input]);
            chain.Push(workspace[input], run);
        }

        scale.Normalise(z, latents);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            chain.Dispose();
    }

    /// <summary>The first convolution, inputs in the order of the move from pixels to patches.</summary>
    private ConvLayer PatchedConv(Ltx2Layers layers, int inputs, int outputs)
    {
        var weight = layers.ConvWeight("encoder.conv_in", outputs, inputs);
        var moved = new float[weight.Length];
        for (var o = 0; o < outputs; o++)
        {
            for (var i = 0; i < inputs; i++)
                weight.AsSpan((o * inputs + i) * 27, 27).CopyTo(moved.AsSpan((o * inputs + Ltx2Layers.PatchColumn(i, 3, config.PatchSize)) * 27));
        }

        return new ConvLayer(layers, first, inputs, moved, layers.ConvBias("encoder.conv_in", outputs), norm: false);
    }
}
