using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.Ltx2;

/// <summary>What the keys of an LTX-2 VAE's config mean. Lists of the decoder are written from pictures to latents, but for upsample_type.</summary>
internal static class Ltx2ConfigReader
{
    private const int MaxChannels = 1 << 16;
    private const int MaxStages = 8;
    private const int Colours = 3;

    public static Ltx2Config Read(ConfigReader json)
    {
        json.RequireClass("AutoencoderKLLTX2Video", "AutoencoderKLCausalLTX2Video");
        json.Require(json.Size("in_channels", MaxChannels) == Colours && json.Size("out_channels", MaxChannels) == Colours, "its pictures do not have three colours");
        json.Require(!json.Flag("timestep_conditioning", false), "timestep_conditioning is true, and nothing says at what timestep to decode");
        json.Require(json.Number("patch_size_t", 1) == 1, "patch_size_t is not 1");
        json.Require(json.Flag("encoder_causal", true), "encoder_causal is false");
        var config = new Ltx2Config
        {
            LatentChannels = json.Size("latent_channels", MaxChannels),
            PatchSize = json.Size("patch_size", 64),
            EncoderStages = EncoderStages(json, out var encoderMid),
            EncoderMidLayers = encoderMid,
            DecoderStages = DecoderStages(json, out var decoderMid),
            DecoderMidLayers = decoderMid,
            DecoderCausal = json.Flag("decoder_causal", true),
            EncoderPadding = json.Choice("encoder_spatial_padding_mode", 0, "zeros", ("zeros", Padding.Zero), ("reflect", Padding.Reflect)),
            DecoderPadding = json.Choice("decoder_spatial_padding_mode", 0, "reflect", ("zeros", Padding.Zero), ("reflect", Padding.Reflect)),
            NormEps = json.Number("resnet_norm_eps", 1e-6f),
            ScalingFactor = json.Number("scaling_factor", 1),
        };
        var pixels = config.EncoderStages.Aggregate(config.PatchSize, (scale, stage) => scale * stage.PixelFactor);
        var frames = config.EncoderStages.Aggregate(1, (scale, stage) => scale * stage.FrameFactor);
        json.Require(
            pixels == config.SpatialScale && frames == config.TemporalScale,
            $"its encoder makes latents of {pixels} x {pixels} x {frames}, its decoder takes {config.SpatialScale} x {config.SpatialScale} x {config.TemporalScale}");
        json.Require(float.IsFinite(config.ScalingFactor) && config.ScalingFactor > 0, $"scaling_factor is {config.ScalingFactor}");
        json.Require(config.NormEps is > 0 and < 1, $"resnet_norm_eps is {config.NormEps}");
        return config;
    }

    private static List<Ltx2Stage> EncoderStages(ConfigReader json, out int midLayers)
    {
        var channels = json.Sizes("block_out_channels", MaxChannels);
        var layers = Layers(json, "layers_per_block", channels.Count);
        midLayers = layers[^1];
        var (stages, inputs) = (new List<Ltx2Stage>(), json.Size("latent_channels", MaxChannels));
        for (var i = 0; i < channels.Count; i++)
        {
            json.Choice("down_block_types", i, "LTX2VideoDownBlock3D", ("LTX2VideoDownBlock3D", true));
            var resizes = json.FlagAt("spatio_temporal_scaling", i, true);
            var (frames, pixels) = resizes ? Factors(json, "downsample_type", i, i switch { 0 => "spatial", 1 => "temporal", _ => "spatiotemporal" }) : (1, 1);
            var stage = new Ltx2Stage
            {
                Inputs = inputs, Outputs = channels[i], Layers = layers[i], Resizes = resizes, FrameFactor = frames, PixelFactor = pixels, Residual = resizes,
            };
            json.Require(resizes || inputs == channels[i], $"block {i} of the encoder goes from {inputs} to {channels[i]} channels with nothing between");
            json.Require(
                !resizes || (inputs * stage.Places % channels[i] == 0 && channels[i] % stage.Places == 0),
                $"block {i} of the encoder cannot put {stage.Places} places of {inputs} channels into {channels[i]}");
            stages.Add(stage);
            inputs = channels[i];
        }

        return stages;
    }

    private static List<Ltx2Stage> DecoderStages(ConfigReader json, out int midLayers)
    {
        var channels = json.Sizes("decoder_block_out_channels", MaxChannels);
        var count = channels.Count;
        var layers = Layers(json, "decoder_layers_per_block", count);
        midLayers = layers[^1];
        for (var i = 0; i <= count; i++)
            json.Require(!json.FlagAt("decoder_inject_noise", i, false), "decoder_inject_noise is true, and no two decodes would be alike");
        var factors = json.Has("upsample_factor") ? json.Sizes("upsample_factor", MaxChannels) : [.. Enumerable.Repeat(2, count)];
        json.Require(factors.Count == count, $"upsample_factor has {factors.Count} entries for {count} blocks");

        var (stages, inputs) = (new List<Ltx2Stage>(), channels[^1]);
        for (var i = 0; i < count; i++)
        {
            var at = count - 1 - i;
            var (width, factor, resizes) = (channels[at], factors[at], json.FlagAt("decoder_spatio_temporal_scaling", at, true));
            var (frames, pixels) = !resizes ? (1, 1)
                : json.Has("decoder_upsample_type") ? Factors(json, "decoder_upsample_type", at, "spatiotemporal")
                : Factors(json, "upsample_type", i, "spatiotemporal");
            var stage = new Ltx2Stage
            {
                Inputs = inputs, Outputs = width / factor, Layers = layers[at], Resizes = resizes, FrameFactor = frames, PixelFactor = pixels,
                Residual = resizes && json.FlagAt("upsample_residual", at, true), ChangesChannels = factor == 1 && inputs != width,
            };
            json.Require(
                width % factor == 0 && (inputs == width || factor == 1) && (resizes || factor == 1),
                $"block {i} of the decoder gets {inputs} channels, has {width} and divides them by {factor}");
            json.Require(
                !stage.Residual || (width % stage.Places == 0 && stage.Places % factor == 0),
                $"block {i} of the decoder cannot repeat {width} channels in {stage.Places} places");
            stages.Add(stage);
            inputs = stage.Outputs;
        }

        return stages;
    }

    private static IReadOnlyList<int> Layers(ConfigReader json, string key, int stages)
    {
        var layers = json.Numbers(key);
        json.Require(stages is > 0 and <= MaxStages, $"{key} goes with {stages} blocks");
        json.Require(layers.Count == stages + 1, $"{key} has {layers.Count} entries for {stages} blocks and the one in the middle");
        json.Require(layers.All(count => count is >= 0 and <= 1000), $"{key} is [{string.Join(", ", layers)}]");
        return layers;
    }

    private static (int Frames, int Pixels) Factors(ConfigReader json, string key, int at, string otherwise) =>
        json.Choice(key, at, otherwise, ("spatial", (1, 2)), ("temporal", (2, 1)), ("spatiotemporal", (2, 2)));
}
