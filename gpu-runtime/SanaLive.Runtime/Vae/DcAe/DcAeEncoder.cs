using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.DcAe;

/// <summary>The image DC-AE's encoder. Golden case d2. It works in memory that it gives back after each call.</summary>
public sealed class DcAeEncoder : IDisposable
{
    private readonly KernelSet kernels;
    private readonly DcAeConfig config;
    private readonly Weights? convIn;
    private readonly List<ImageBlock> blocks = [];
    private readonly Weights convOut;

    /// <summary>Takes <c>encoder.*</c> of the checkpoint.</summary>
    public DcAeEncoder(KernelSet kernels, DcAeConfig config, Checkpoint checkpoint)
    {
        (this.kernels, this.config) = (kernels, config);
        var stages = config.EncoderStages;
        if (stages[0].Layers > 0)
            convIn = VaeLayers.Conv3x3(kernels, checkpoint, "encoder.conv_in", stages[0].Channels, config.InChannels);
        else
            blocks.Add(new HalvingBlock(kernels, checkpoint, "encoder.conv_in", config.InChannels, stages[1].Channels, config.Unshuffles, shortcut: false));
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

        convOut = kernels.PackConv3x3(weight, latents, channels, checkpoint.Take("encoder.conv_out.bias", latents));
    }

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

        var x = new ImageFeatures(kernels.Create(height * width, config.InChannels), height, width);
        kernels.Write(x.Values, image);
        if (convIn is not null)
        {
            var features = kernels.Create(height * width, convIn.Outputs);
            kernels.Conv3x3(x.Values, convIn, height, width, features);
            x.Values.Dispose();
            x = new ImageFeatures(features, height, width);
        }

        x = blocks.Forward(x);
        using var last = x.Values;
        using var z = kernels.Create(x.Values.Rows, config.LatentChannels);
        kernels.Conv3x3(last, convOut, x.Height, x.Width, z);
        kernels.Read(z, latents);
    }

    public void Dispose()
    {
        convIn?.Dispose();
        blocks.ForEach(block => block.Dispose());
        convOut.Dispose();
    }
}
