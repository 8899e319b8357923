using System.Text.Json;
using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.DcAe;

/// <summary>
/// Hyper-parameters of the image DC-AE (diffusers' <c>AutoencoderDC</c>): pictures become latents of 1/8 to 1/128 of their size in one
/// deterministic step. arXiv 2410.10733; golden case d2.
/// </summary>
public sealed record DcAeConfig
{
    private const int MaxChannels = 1 << 16;

    /// <summary>Channels of a picture.</summary>
    public required int InChannels { get; init; }

    public required int LatentChannels { get; init; }

    /// <summary>Channels of one attention head: even.</summary>
    public required int HeadDim { get; init; }

    /// <summary>From the picture's own size down; each is half as large as the one before.</summary>
    public required IReadOnlyList<DcAeStage> EncoderStages { get; init; }

    /// <summary>In the same order, though the decoder runs through them from the last.</summary>
    public required IReadOnlyList<DcAeStage> DecoderStages { get; init; }

    /// <summary>The encoder halves by moving pixels to channels after its convolutions; else by strides of two.</summary>
    public required bool Unshuffles { get; init; }

    /// <summary>The decoder doubles by repeating pixels before its convolutions; else by moving channels to pixels after them.</summary>
    public required bool Interpolates { get; init; }

    /// <summary>Latents also take the means of groups of features.</summary>
    public required bool OutShortcut { get; init; }

    /// <summary>The decoder's first features also take the latents, repeated.</summary>
    public required bool InShortcut { get; init; }

    /// <summary>Before the decoder's last convolution.</summary>
    public required Activation OutActivation { get; init; }

    /// <summary>A transformer sees latents times this; the encoder and the decoder here do not.</summary>
    public required float ScalingFactor { get; init; }

    /// <summary>Pixels of a latent pixel's side.</summary>
    public int SpatialScale => 1 << (EncoderStages.Count - 1);

    /// <exception cref="CheckpointException">A key is missing, or describes what this runtime does not have.</exception>
    public static DcAeConfig Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var json = new ConfigReader(path, document.RootElement);
            json.RequireClass("AutoencoderDC");
            var config = new DcAeConfig
            {
                InChannels = json.Size("in_channels", MaxChannels),
                LatentChannels = json.Size("latent_channels", MaxChannels),
                HeadDim = json.Size("attention_head_dim", MaxChannels),
                EncoderStages = Stages(json, "encoder", _ => false, _ => Activation.Silu),
                DecoderStages = Stages(
                    json, "decoder",
                    at => json.Choice("decoder_norm_types", at, "rms_norm", ("rms_norm", false), ("batch_norm", true)),
                    at => json.Choice("decoder_act_fns", at, "silu", ("silu", Activation.Silu), ("swish", Activation.Silu), ("relu", Activation.Relu))),
                Unshuffles = json.Text("downsample_block_type", "pixel_unshuffle") == "pixel_unshuffle",
                Interpolates = json.Text("upsample_block_type", "pixel_shuffle") == "interpolate",
                OutShortcut = json.Flag("encoder_out_shortcut", true),
                InShortcut = json.Flag("decoder_in_shortcut", true),
                OutActivation = json.Choice("decoder_conv_act_fn", 0, "relu", ("relu", Activation.Relu), ("silu", Activation.Silu), ("swish", Activation.Silu)),
                ScalingFactor = json.Number("scaling_factor", 1),
            };
            config.Check(json);
            return config;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or IOException)
        {
            throw new CheckpointException($"{path} cannot be read: {error.Message}", error);
        }
    }

    private static DcAeStage[] Stages(ConfigReader json, string side, Func<int, bool> batchNorm, Func<int, Activation> activation)
    {
        var channels = json.Sizes($"{side}_block_out_channels", MaxChannels);
        var layers = json.Numbers($"{side}_layers_per_block");
        var scales = json.NumberLists($"{side}_qkv_multiscales");
        json.Require(channels.Count is > 0 and < 16, $"{side}_block_out_channels has {channels.Count} entries");
        json.Require(layers.Count == channels.Count, $"{side}_layers_per_block has {layers.Count} entries for {channels.Count} stages");
        json.Require(scales.Count == channels.Count, $"{side}_qkv_multiscales has {scales.Count} entries for {channels.Count} stages");
        for (var i = 0; i < channels.Count; i++)
        {
            json.Require(layers[i] > 0 || (layers[i] == 0 && i == 0 && channels.Count > 1), $"stage {i} of the {side} has {layers[i]} blocks");
            json.Require(scales[i].All(side => side is > 0 and < 64 && side % 2 == 1), $"stage {i} of the {side} has kernels of [{string.Join(", ", scales[i])}] pixels");
        }

        return [.. Enumerable.Range(0, channels.Count).Select(i => new DcAeStage
        {
            Channels = channels[i],
            Layers = layers[i],
            Attends = json.Choice($"{side}_block_types", i, "ResBlock", ("ResBlock", false), ("EfficientViTBlock", true)),
            Scales = scales[i],
            BatchNorm = batchNorm(i),
            Activation = activation(i),
        })];
    }

    private void Check(ConfigReader json)
    {
        json.Require(HeadDim % 2 == 0, $"attention_head_dim is {HeadDim}, not even");
        json.Require(EncoderStages.Count == DecoderStages.Count, $"the encoder has {EncoderStages.Count} stages, the decoder {DecoderStages.Count}");
        foreach (var (side, stages) in new[] { ("encoder", EncoderStages), ("decoder", DecoderStages) })
        {
            foreach (var stage in stages.Where(stage => stage.Attends))
                json.Require(stage.Channels >= HeadDim, $"the {side} has {stage.Channels} channels for heads of {HeadDim}");
            for (var i = stages[0].Layers == 0 ? 1 : 0; i + 1 < stages.Count; i++)
            {
                var (fine, coarse) = (stages[i].Channels, stages[i + 1].Channels);
                json.Require(4 * fine % coarse == 0, $"the {side}'s {coarse} channels cannot stand for squares of {fine}");
            }
        }

        json.Require(!Unshuffles || EncoderStages.Skip(1).All(stage => stage.Channels % 4 == 0), "the encoder moves squares of pixels to channels that are not a multiple of 4");
        json.Require(!OutShortcut || EncoderStages[^1].Channels % LatentChannels == 0, $"{LatentChannels} latents do not divide the encoder's {EncoderStages[^1].Channels} channels");
        json.Require(!InShortcut || DecoderStages[^1].Channels % LatentChannels == 0, $"{LatentChannels} latents do not divide the decoder's {DecoderStages[^1].Channels} channels");
        json.Require(float.IsFinite(ScalingFactor) && ScalingFactor > 0, $"scaling_factor is {ScalingFactor}");
    }
}
