using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.DcAe;

/// <summary>
/// The image DC-AE's decoder. Golden case d2. It works in memory that it gives back after each call: behind its last block of attention a
/// picture is made strip by strip, without seams, so that a large one takes no more than a certain amount.
/// </summary>
public sealed class DcAeDecoder : IDisposable
{
    private readonly KernelSet kernels;
    private readonly DcAeConfig config;
    private readonly List<ImageBlock> whole = [];
    private readonly List<ImageBlock> inStrips = [];
    private readonly ImageStrips strips;

    /// <summary>Takes <c>decoder.*</c> of the checkpoint.</summary>
    public DcAeDecoder(KernelSet kernels, DcAeConfig config, Checkpoint checkpoint)
        : this(kernels, config, checkpoint, 1L << 30)
    {
    }

    /// <summary>For tests: with other bytes for strips.</summary>
    internal DcAeDecoder(KernelSet kernels, DcAeConfig config, Checkpoint checkpoint, long stripBytes)
    {
        (this.kernels, this.config) = (kernels, config);
        var stages = config.DecoderStages;
        var (latents, channels) = (config.LatentChannels, stages[^1].Channels);
        var weight = checkpoint.Take("decoder.conv_in.weight", channels, latents, 3, 3);
        if (config.InShortcut)
        {
            for (var c = 0; c < channels; c++)
                weight[(c * latents + c / (channels / latents)) * 9 + 4] += 1;
        }

        var blocks = new List<ImageBlock> { new PlainConv(kernels, kernels.PackConv3x3(weight, channels, latents, checkpoint.Take("decoder.conv_in.bias", channels))) };
        for (var i = stages.Count - 1; i >= 0; i--)
        {
            var doubles = i + 1 < stages.Count && stages[i].Layers > 0;
            if (doubles)
                blocks.Add(new DoublingBlock(kernels, checkpoint, $"decoder.up_blocks.{i}.0", stages[i + 1].Channels, stages[i].Channels, config.Interpolates, shortcut: true));
            for (var layer = 0; layer < stages[i].Layers; layer++)
                blocks.Add(DcAeBlocks.Load(kernels, checkpoint, $"decoder.up_blocks.{i}.{layer + (doubles ? 1 : 0)}", stages[i], config.HeadDim));
        }

        var last = stages[0].Layers > 0 ? stages[0].Channels : stages[1].Channels;
        blocks.Add(new NormBlock(kernels, checkpoint, "decoder.norm_out", last, config.OutActivation));
        blocks.Add(stages[0].Layers > 0
            ? new PlainConv(kernels, VaeLayers.Conv3x3(kernels, checkpoint, "decoder.conv_out", config.InChannels, last))
            : new DoublingBlock(kernels, checkpoint, "decoder.conv_out", last, config.InChannels, config.Interpolates, shortcut: false));

        var local = 1 + blocks.FindLastIndex(block => block.Reach(0) == ImageBlock.Everything);
        whole.AddRange(blocks[..local]);
        inStrips.AddRange(blocks[local..]);
        strips = new ImageStrips(inStrips, stripBytes);
    }

    /// <summary>Bytes beside the weights that a picture takes at the most.</summary>
    public long WorkingBytes(int latentHeight, int latentWidth)
    {
        var (scale, channels) = Middle();
        var features = (long)scale * latentHeight * scale * latentWidth * channels * sizeof(float);
        return Math.Max(whole.WorkingBytes((long)latentHeight * latentWidth), features + strips.WorkingBytes(scale * latentHeight, scale * latentWidth));
    }

    /// <summary>Those of them that strips take. For tests.</summary>
    internal long StripBytes(int latentHeight, int latentWidth) => strips.WorkingBytes(Middle().Scale * latentHeight, Middle().Scale * latentWidth);

    /// <summary>Decodes one picture.</summary>
    /// <param name="latents">[height, width, latent channels], without <see cref="DcAeConfig.ScalingFactor"/>.</param>
    /// <param name="latentHeight">Rows of the latents.</param>
    /// <param name="latentWidth">Columns of the latents.</param>
    /// <param name="image">[height * scale, width * scale, channels], about -1 to 1.</param>
    /// <exception cref="ArgumentException">The numbers do not fit the size.</exception>
    public void Decode(ReadOnlySpan<float> latents, int latentHeight, int latentWidth, Span<float> image)
    {
        var (height, width) = (latentHeight * config.SpatialScale, latentWidth * config.SpatialScale);
        if (latentHeight <= 0 || latentWidth <= 0 || latents.Length != (long)latentHeight * latentWidth * config.LatentChannels)
            throw new ArgumentException($"{latents.Length} numbers are not {latentHeight} x {latentWidth} x {config.LatentChannels} latents.", nameof(latents));
        if (image.Length != (long)height * width * config.InChannels)
            throw new ArgumentException($"{image.Length} numbers are not a picture of {height} x {width} x {config.InChannels}.", nameof(image));

        var z = kernels.Create(latentHeight * latentWidth, config.LatentChannels);
        kernels.Write(z, latents);
        var x = whole.Forward(new ImageFeatures(z, latentHeight, latentWidth));
        using var features = x.Values;
        var picture = new float[image.Length];
        strips.Run(x.Height, x.Width, Read, Write);
        picture.CopyTo(image);

        ImageFeatures Read(int row, int rows)
        {
            var strip = kernels.Create(rows * x.Width, features.Columns);
            using var part = features.Slice(row * x.Width, rows * x.Width);
            kernels.Copy(part, strip);
            return new ImageFeatures(strip, rows, x.Width);
        }

        void Write(ImageFeatures strip, int skip, int row, int rows)
        {
            using var part = strip.Values.Slice(skip * width, rows * width);
            kernels.Read(part, picture.AsSpan(row * width * config.InChannels, rows * width * config.InChannels));
        }
    }

    public void Dispose()
    {
        DcAeBlocks.Dispose(whole);
        DcAeBlocks.Dispose(inStrips);
    }

    /// <summary>Scale and channels of the features where strips begin.</summary>
    private (int Scale, int Channels) Middle()
    {
        var stages = config.DecoderStages;
        var first = stages.ToList().FindIndex(stage => stage.Attends && stage.Layers > 0);
        return first < 0 ? (1, config.LatentChannels) : (1 << (stages.Count - 1 - first), stages[first].Channels);
    }
}
