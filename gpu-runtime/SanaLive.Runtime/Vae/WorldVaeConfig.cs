using System.Text.Json;
using SanaLive.Runtime.Checkpoints;

namespace SanaLive.Runtime.Vae;

/// <summary>Hyper-parameters of the embedded world's VAE: 16 x 16 pixels and four frames to one latent pixel.</summary>
public sealed record WorldVaeConfig
{
    public const int SpatialScale = 16;
    public const int FramesPerLatent = 4;

    public required int LatentChannels { get; init; }

    /// <summary>Widths at 1/8 and 1/16 of the picture.</summary>
    public required IReadOnlyList<int> EncoderChannels { get; init; }

    public required IReadOnlyList<int> EncoderResBlocks { get; init; }

    /// <summary>Widths at 1/16, 1/8, 1/4 and 1/2 of the picture.</summary>
    public required IReadOnlyList<int> DecoderChannels { get; init; }

    public required IReadOnlyList<int> DecoderResBlocks { get; init; }

    public required int DecoderTemporalBlocks { get; init; }

    /// <summary>How much of the last picture's error the first three pictures of a latent frame take over; empty (the key is absent): nothing is carried on.</summary>
    public required IReadOnlyList<float> DecoderCarry { get; init; }

    /// <summary>Per channel: latents are normalised by it for the transformer.</summary>
    public required IReadOnlyList<float> LatentsMean { get; init; }

    public required IReadOnlyList<float> LatentsStd { get; init; }

    /// <exception cref="CheckpointException">A key is missing, or the VAE is of a kind that this runtime does not have.</exception>
    public static WorldVaeConfig Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var json = document.RootElement;
            var config = new WorldVaeConfig
            {
                LatentChannels = json.Need("latent_channels").GetInt32(),
                EncoderChannels = Integers("encoder_channels"),
                EncoderResBlocks = Integers("encoder_resblocks"),
                DecoderChannels = Integers("decoder_channels"),
                DecoderResBlocks = Integers("decoder_resblocks"),
                DecoderTemporalBlocks = json.Need("decoder_temporal_blocks").GetInt32(),
                DecoderCarry = json.TryGetProperty("decoder_carry", out var shares) ? [.. shares.EnumerateArray().Select(value => value.GetSingle())] : [],
                LatentsMean = [.. json.Need("latents_mean").EnumerateArray().Select(value => value.GetSingle())],
                LatentsStd = [.. json.Need("latents_std").EnumerateArray().Select(value => value.GetSingle())],
            };
            if (json.Need("_class_name").GetString() != "SanaLiveWorldVae"
                || json.Need("spatial_compression").GetInt32() != SpatialScale
                || json.Need("temporal_compression").GetInt32() != FramesPerLatent
                || json.Need("temporal_kernel").GetInt32() != 3
                || json.Need("norm").GetString() != "rms_channel"
                || config.DecoderCarry.Count is not (0 or FramesPerLatent - 1) || config.DecoderCarry.Any(share => share is not (>= 0 and <= 1))
                || config.EncoderChannels.Count != 2 || config.EncoderResBlocks.Count != 2
                || config.DecoderChannels.Count != 4 || config.DecoderResBlocks.Count != 4 || config.DecoderResBlocks[3] != 0
                || config.LatentsMean.Count != config.LatentChannels || config.LatentsStd.Count != config.LatentChannels)
            {
                throw new CheckpointException($"{path} describes a VAE that this runtime does not have.");
            }

            return config;

            int[] Integers(string name) => [.. json.Need(name).EnumerateArray().Select(value => value.GetInt32())];
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or IOException)
        {
            throw new CheckpointException($"{path} cannot be read: {error.Message}", error);
        }
    }
}
