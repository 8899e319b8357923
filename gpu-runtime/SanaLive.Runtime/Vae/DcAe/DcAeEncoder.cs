using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.DcAe;

/// <summary>
/// The image DC-AE's encoder. Golden case d2. It works in memory that it gives back after each call: before its first block of attention a
/// picture is read strip by strip, without seams, so that a large one takes no more than a certain amount.
/// </summary>
public sealed class DcAeEncoder : IDisposable
{
    private readonly KernelSet kernels;
    private readonly DcAeConfig config;
    private readonly List<ImageBlock> inStrips = [];
    private readonly List<ImageBlock> whole = [];
    private readonly ImageStrips strips;

    /// <summary>Takes <c>encoder.*</c> of the checkpoint.</summary>
    public DcAeEncoder(KernelSet kernels, DcAeConfig config, Checkpoint checkpoint)
        : this(kernels, config, checkpoint, 1L << 30)
    {
    }

    /// <summary>For tests: with other bytes for strips.</summary>
    internal DcAeEncoder(KernelSet kernels, DcAeConfig config, Checkpoint checkpoint, long stripBytes)
    {
        (this.kernels, this.config) = (kernels, config);
        var stages = config.EncoderStages;
        var blocks = new List<ImageBlock>
        {
            stages[0].Layers > 0
                ? new PlainConv(kernels, VaeLayers.Conv3x3(kernels, checkpoint, "encoder.conv_in", stages[0].Channels, config.InChannels))
                : new HalvingBlock(kernels, checkpoint, "encoder.conv_in", config.InChannels, stages[1].Channels, config.Unshuffles, shortcut: false),
        };
        for (var i = 0; i < stages.Count; i++)
        {
            for (var layer = 0; layer < stages[i].Layers; layer++)
                blocks.Add(DcAeBlocks.Load(kernels, checkpoint, $"encoder.down_blocks.{i}.{layer}", stages[i], config.HeadDim));
            if (i + 1 < stages.Count && stages[i].Layers > 0)
            {
                blocks.Add(new HalvingBlock(
                    kernels, checkpoint, $"encoder.down_blocks.{i}.{stages[i].Layers}", stages[i].Channels, stages[i + 1].Channels, config.Unshuffles, shortcut: true));
            }
        }

        var (latents, channels) = (config.LatentChannels, stages[^1].Channels);
        var weight = checkpoint.Take("encoder.conv_out.weight", latents, channels, 3, 3);
        if (config.OutShortcut)
        {
            var group = channels / latents;
            for (var c = 0; c < channels; c++)
                weight[(c / group * channels + c) * 9 + 4] += 1f / group;
        }

        blocks.Add(new PlainConv(kernels, kernels.PackConv3x3(weight, latents, channels, checkpoint.Take("encoder.conv_out.bias", latents))));
        var first = blocks.FindIndex(block => block.Reach(0) == ImageBlock.Everything);
        var local = first < 0 ? blocks.Count : first;
        inStrips.AddRange(blocks[..local]);
        whole.AddRange(blocks[local..]);
        strips = new ImageStrips(inStrips, stripBytes);
    }

    /// <summary>Bytes beside the weights that a picture takes at the most.</summary>
    public long WorkingBytes(int height, int width)
    {
        var (scale, channels) = Middle();
        var pixels = (long)(height / scale) * (width / scale);
        return Math.Max(pixels * channels * sizeof(float) + strips.WorkingBytes(height, width), whole.WorkingBytes(pixels));
    }

    /// <summary>Those of them that strips take. For tests.</summary>
    internal long StripBytes(int height, int width) => strips.WorkingBytes(height, width);

    /// <summary>Encodes one picture.</summary>
    /// <param name="image">[height, width, channels], -1 to 1.</param>
    /// <param name="height">A multiple of <see cref="DcAeConfig.SpatialScale"/>.</param>
    /// <param name="width">A multiple of <see cref="DcAeConfig.SpatialScale"/>.</param>
    /// <param name="latents">[height / scale, width / scale, latent channels], before <see cref="DcAeConfig.ScalingFactor"/>.</param>
    /// <exception cref="ArgumentException">The numbers do not fit the size, or the size not the model.</exception>
    public void Encode(ReadOnlySpan<float> image, int height, int width, Span<float> latents)
    {
        var scale = config.SpatialScale;
        if (height <= 0 || width <= 0 || height % scale != 0 || width % scale != 0)
            throw new ArgumentException($"A picture for this model has multiples of {scale} pixels on each side, not {height} x {width}.");
        if (image.Length != (long)height * width * config.InChannels)
            throw new ArgumentException($"{image.Length} numbers are not a picture of {height} x {width} x {config.InChannels}.", nameof(image));
        if (latents.Length != (long)(height / scale) * (width / scale) * config.LatentChannels)
            throw new ArgumentException($"{latents.Length} numbers are not {height / scale} x {width / scale} x {config.LatentChannels} latents.", nameof(latents));

        var (down, channels) = Middle();
        var pixels = image.ToArray();
        var features = kernels.Create(height / down * (width / down), channels);
        strips.Run(height, width, Read, Write);
        var z = whole.Forward(new ImageFeatures(features, height / down, width / down));
        using var values = z.Values;
        kernels.Read(values, latents);

        ImageFeatures Read(int row, int rows)
        {
            var strip = kernels.Create(rows * width, config.InChannels);
            kernels.Write(strip, pixels.AsSpan(row * width * config.InChannels, rows * width * config.InChannels));
            return new ImageFeatures(strip, rows, width);
        }

        void Write(ImageFeatures strip, int skip, int row, int rows)
        {
            using var from = strip.Values.Slice(skip * strip.Width, rows * strip.Width);
            using var to = features.Slice(row * strip.Width, rows * strip.Width);
            kernels.Copy(from, to);
        }
    }

    public void Dispose()
    {
        DcAeBlocks.Dispose(inStrips);
        DcAeBlocks.Dispose(whole);
    }

    /// <summary>Scale and channels of the features where strips end.</summary>
    private (int Scale, int Channels) Middle()
    {
        var stages = config.EncoderStages;
        var first = stages.ToList().FindIndex(stage => stage.Attends && stage.Layers > 0);
        return first < 0 ? (config.SpatialScale, config.LatentChannels) : (1 << first, stages[first].Channels);
    }
}
