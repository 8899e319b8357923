using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae;

/// <summary>
/// The embedded world's encoder: four pictures become one latent frame, on their own. Golden case world_vae. Needed by
/// streams that begin with a picture; it works in memory that it gives back after each call.
/// </summary>
public sealed class WorldEncoder : VideoEncoder
{
    private const int FirstFactor = 8;
    private readonly KernelSet kernels;
    private readonly WorldVaeConfig config;
    private readonly Weights convIn;
    private readonly ResBlock[] blocks8;
    private readonly Weights down;
    private readonly ResBlock[] blocks16;
    private readonly Tensor normOut;
    private readonly Weights convOut;

    /// <summary>Takes <c>encoder.*</c> of the checkpoint.</summary>
    public WorldEncoder(KernelSet kernels, WorldVaeConfig config, Checkpoint checkpoint)
    {
        this.kernels = kernels;
        this.config = config;
        var (c8, c16) = (config.EncoderChannels[0], config.EncoderChannels[1]);
        const int stacked = 3 * WorldVaeConfig.FramesPerLatent;
        convIn = Unshuffled("conv_in", c8, stacked, FirstFactor);
        blocks8 = Blocks("blocks8", config.EncoderResBlocks[0], c8);
        down = Unshuffled("down", c16, c8, 2);
        blocks16 = Blocks("blocks16", config.EncoderResBlocks[1], c16);
        normOut = kernels.Row(checkpoint.Take("encoder.norm_out.gain", c16));
        convOut = VaeLayers.Conv3x3(kernels, checkpoint, "encoder.conv_out", 2 * config.LatentChannels, c16);

        ResBlock[] Blocks(string name, int count, int channels) =>
            [.. Enumerable.Range(0, count).Select(i => new ResBlock(kernels, checkpoint, $"encoder.{name}.{i}", channels, norms: true))];

        // Behind a space-to-depth move, whose columns come as (dy, dx, channel).
        Weights Unshuffled(string name, int outputs, int channels, int factor)
        {
            var (places, weight) = (factor * factor, checkpoint.Take($"encoder.{name}.weight", outputs, channels * factor * factor, 1, 1));
            var turned = new float[weight.Length];
            for (var o = 0; o < outputs; o++)
                VaeLayers.DepthLast(weight.AsSpan(o * channels * places, channels * places), channels, places, 1).CopyTo(turned, o * channels * places);
            return kernels.PackLinear(turned, outputs, channels * places, checkpoint.Take($"encoder.{name}.bias", outputs));
        }
    }

    public override int LatentChannels => config.LatentChannels;

    public override int SpatialScale => WorldVaeConfig.SpatialScale;

    public override int FramesPerLatent => WorldVaeConfig.FramesPerLatent;

    protected override void EncodeClip(ReadOnlySpan<float> video, int frames, int height, int width, Span<float> latents)
    {
        var (clip, latent) = (FramesPerLatent * height * width * 3, height / SpatialScale * (width / SpatialScale) * LatentChannels);
        for (var group = 0; group < frames / FramesPerLatent; group++)
            EncodeGroup(video.Slice(group * clip, clip), height, width, latents.Slice(group * latent, latent));
    }

    protected override void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        foreach (var block in blocks8.Concat(blocks16))
            block.Dispose();
        convIn.Dispose();
        down.Dispose();
        normOut.Dispose();
        convOut.Dispose();
    }

    /// <summary>Four pictures to one latent frame.</summary>
    private void EncodeGroup(ReadOnlySpan<float> video, int height, int width, Span<float> latents)
    {
        const int frames = WorldVaeConfig.FramesPerLatent;
        var (h8, w8, h16, w16) = (height / 8, width / 8, height / 16, width / 16);
        var (c8, c16) = (config.EncoderChannels[0], config.EncoderChannels[1]);

        // The four pictures' colours side by side: channel = picture * 3 + colour.
        var stacked = new float[video.Length];
        for (var frame = 0; frame < frames; frame++)
        {
            for (var i = 0; i < height * width; i++)
                video.Slice((frame * height * width + i) * 3, 3).CopyTo(stacked.AsSpan(i * 3 * frames + frame * 3));
        }

        using var pixels = kernels.Create(height * width, 3 * frames);
        using var deep8 = kernels.Create(h8 * w8, FirstFactor * FirstFactor * 3 * frames);
        using var x8 = kernels.Create(h8 * w8, c8);
        using var a8 = kernels.Create(h8 * w8, c8);
        using var b8 = kernels.Create(h8 * w8, c8);
        using var deep16 = kernels.Create(h16 * w16, 4 * c8);
        using var x16 = kernels.Create(h16 * w16, c16);
        using var a16 = kernels.Create(h16 * w16, c16);
        using var b16 = kernels.Create(h16 * w16, c16);
        using var moments = kernels.Create(h16 * w16, 2 * config.LatentChannels);

        kernels.Write(pixels, stacked);
        kernels.SpaceToDepth(pixels, height, width, FirstFactor, deep8);
        kernels.Linear(deep8, convIn, x8);
        foreach (var block in blocks8)
            block.Forward(x8, a8, b8, h8, w8);
        kernels.SpaceToDepth(x8, h8, w8, 2, deep16);
        kernels.Linear(deep16, down, x16);
        foreach (var block in blocks16)
            block.Forward(x16, a16, b16, h16, w16);
        kernels.RmsNorm(x16, normOut, VaeLayers.RmsEps(c16), relu: false, a16);
        kernels.Activate(a16, Activation.Silu, a16);
        kernels.Conv3x3(a16, convOut, h16, w16, moments);

        var values = new float[moments.Count];
        kernels.Read(moments, values);
        var z = config.LatentChannels;
        for (var i = 0; i < latents.Length; i++)
            latents[i] = (values[i / z * 2 * z + i % z] - config.LatentsMean[i % z]) / config.LatentsStd[i % z];
    }
}
