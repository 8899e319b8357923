using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.DcAe;

/// <summary>The image DC-AE's decoder. Golden case d2. It works in memory that it gives back after each call.</summary>
public sealed class DcAeDecoder : IDisposable
{
    private const float Eps = 1e-5f;
    private readonly KernelSet kernels;
    private readonly DcAeConfig config;
    private readonly Weights convIn;
    private readonly List<ImageBlock> blocks = [];
    private readonly Tensor gain;
    private readonly Tensor shift;
    private readonly Weights? convOut;
    private readonly DoublingBlock? doubleOut;

    /// <summary>Takes <c>decoder.*</c> of the checkpoint.</summary>
    public DcAeDecoder(KernelSet kernels, DcAeConfig config, Checkpoint checkpoint)
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

        convIn = kernels.PackConv3x3(weight, channels, latents, checkpoint.Take("decoder.conv_in.bias", channels));
        for (var i = stages.Count - 1; i >= 0; i--)
        {
            var doubles = i + 1 < stages.Count && stages[i].Layers > 0;
            if (doubles)
                blocks.Add(new DoublingBlock(kernels, checkpoint, $"decoder.up_blocks.{i}.0", stages[i + 1].Channels, stages[i].Channels, config.Interpolates, shortcut: true));
            for (var layer = 0; layer < stages[i].Layers; layer++)
                blocks.Add(DcAeBlocks.Load(kernels, checkpoint, $"decoder.up_blocks.{i}.{layer + (doubles ? 1 : 0)}", stages[i], config.HeadDim));
        }

        var last = stages[0].Layers > 0 ? stages[0].Channels : stages[1].Channels;
        gain = kernels.Row(checkpoint.Take("decoder.norm_out.weight", last));
        shift = kernels.Row(checkpoint.Take("decoder.norm_out.bias", last));
        if (stages[0].Layers > 0)
            convOut = VaeLayers.Conv3x3(kernels, checkpoint, "decoder.conv_out", config.InChannels, last);
        else
            doubleOut = new DoublingBlock(kernels, checkpoint, "decoder.conv_out", last, config.InChannels, config.Interpolates, shortcut: false);
    }

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

        using var z = kernels.Create(latentHeight * latentWidth, config.LatentChannels);
        kernels.Write(z, latents);
        var x = new ImageFeatures(kernels.Create(z.Rows, convIn.Outputs), latentHeight, latentWidth);
        kernels.Conv3x3(z, convIn, latentHeight, latentWidth, x.Values);
        x = blocks.Forward(x);
        kernels.RmsNorm(x.Values, gain, Eps, relu: false, x.Values);
        kernels.Add(shift, 1, x.Values);
        kernels.Activate(x.Values, config.OutActivation, x.Values);
        if (doubleOut is not null)
        {
            x = doubleOut.Forward(x);
            using var doubled = x.Values;
            kernels.Read(doubled, image);
            return;
        }

        using var last = x.Values;
        using var picture = kernels.Create(last.Rows, config.InChannels);
        kernels.Conv3x3(last, convOut!, x.Height, x.Width, picture);
        kernels.Read(picture, image);
    }

    public void Dispose()
    {
        convIn.Dispose();
        blocks.ForEach(block => block.Dispose());
        gain.Dispose();
        shift.Dispose();
        convOut?.Dispose();
        doubleOut?.Dispose();
    }
}
