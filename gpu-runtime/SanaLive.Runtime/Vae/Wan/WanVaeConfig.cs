using System.Text.Json;
using SanaLive.Runtime.Checkpoints;

namespace SanaLive.Runtime.Vae.Wan;

/// <summary>Hyper-parameters of Wan 2.1's VAE, under the names of diffusers' <c>vae/config.json</c> (<c>AutoencoderKLWan</c>).</summary>
public sealed record WanVaeConfig
{
    /// <summary><c>z_dim</c>.</summary>
    public required int LatentChannels { get; init; }

    /// <summary><c>base_dim</c>: the encoder's width at the size of the picture, before its multiplier.</summary>
    public required int EncoderChannels { get; init; }

    /// <summary><c>decoder_base_dim</c>, which is <c>base_dim</c> where it is null.</summary>
    public required int DecoderChannels { get; init; }

    /// <summary><c>dim_mult</c>: width of every level as a multiple, the level of the picture's size first.</summary>
    public required IReadOnlyList<int> Multipliers { get; init; }

    /// <summary><c>num_res_blocks</c> of a level of the encoder; the decoder has one more.</summary>
    public required int ResBlocks { get; init; }

    /// <summary><c>temperal_downsample</c> (so spelled): whether the step from a level to the next smaller one halves time too.</summary>
    public required IReadOnlyList<bool> HalvesTime { get; init; }

    /// <summary><c>latents_mean</c>, per channel: latents are normalised by it for the transformer.</summary>
    public required IReadOnlyList<float> LatentsMean { get; init; }

    /// <summary><c>latents_std</c>.</summary>
    public required IReadOnlyList<float> LatentsStd { get; init; }

    /// <summary>Pixels of a latent pixel's side: every level but the last halves the picture.</summary>
    public int SpatialScale => 1 << (Multipliers.Count - 1);

    /// <summary>Pictures of a latent frame behind the first, which is one picture.</summary>
    public int FramesPerLatent => 1 << HalvesTime.Count(halves => halves);

    /// <exception cref="CheckpointException">A key is missing or makes no sense, or the VAE is of a kind that this runtime does not have.</exception>
    public static WanVaeConfig Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var json = document.RootElement;
            if (json.Need("_class_name").GetString() is var kind && kind != "AutoencoderKLWan")
                throw new CheckpointException($"{path} describes a {kind}, not an AutoencoderKLWan.");
            if (json.TryGetProperty("is_residual", out var residual) && residual.GetBoolean() || Optional("patch_size") is { } patch && patch.GetInt32() != 1)
                throw new CheckpointException($"{path} describes the VAE of Wan 2.2 (is_residual or patch_size is set); this runtime has that of Wan 2.1, which SANA-Video uses.");
            if (json.TryGetProperty("attn_scales", out var scales) && scales.GetArrayLength() > 0)
                throw new CheckpointException($"{path} asks for attention between the levels (attn_scales), which no published Wan VAE has and this runtime does not either.");
            foreach (var name in new[] { "in_channels", "out_channels" })
            {
                if (Optional(name) is { } colours && colours.GetInt32() != 3)
                    throw new CheckpointException($"{path}: {name} is {colours}; pictures have 3 colours.");
            }

            var width = json.Need("base_dim").GetInt32();
            var config = new WanVaeConfig
            {
                LatentChannels = json.Need("z_dim").GetInt32(),
                EncoderChannels = width,
                DecoderChannels = Optional("decoder_base_dim")?.GetInt32() ?? width,
                Multipliers = [.. json.Need("dim_mult").EnumerateArray().Select(value => value.GetInt32())],
                ResBlocks = json.Need("num_res_blocks").GetInt32(),
                HalvesTime = [.. json.Need("temperal_downsample").EnumerateArray().Select(value => value.GetBoolean())],
                LatentsMean = [.. json.Need("latents_mean").EnumerateArray().Select(value => value.GetSingle())],
                LatentsStd = [.. json.Need("latents_std").EnumerateArray().Select(value => value.GetSingle())],
            };
            config.Check(path);
            return config;

            JsonElement? Optional(string name) => json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or IOException)
        {
            throw new CheckpointException($"{path} cannot be read: {error.Message}", error);
        }
    }

    private void Check(string path)
    {
        Require(LatentChannels > 0 && EncoderChannels > 0 && DecoderChannels > 0, "z_dim, base_dim and decoder_base_dim are more than 0");
        Require(Multipliers.Count is >= 1 and <= 8 && Multipliers.All(multiplier => multiplier > 0), "dim_mult is one to eight numbers above 0");
        Require(Multipliers.Skip(1).All(multiplier => multiplier * DecoderChannels % 2 == 0), "the decoder's width halves at every step (decoder_base_dim times dim_mult is even)");
        Require(ResBlocks > 0, "num_res_blocks is 1 or more");
        Require(HalvesTime.Count == Multipliers.Count - 1, "temperal_downsample has one entry less than dim_mult");
        Require(LatentsMean.Count == LatentChannels && LatentsMean.All(float.IsFinite), $"latents_mean has z_dim = {LatentChannels} finite numbers");
        Require(LatentsStd.Count == LatentChannels && LatentsStd.All(std => float.IsFinite(std) && std > 0), $"latents_std has z_dim = {LatentChannels} finite numbers above 0");

        void Require(bool holds, string what)
        {
            if (!holds)
                throw new CheckpointException($"{path} makes no VAE: what is needed is that {what}.");
        }
    }
}
