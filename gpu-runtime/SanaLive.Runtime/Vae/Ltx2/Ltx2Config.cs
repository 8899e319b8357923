using System.Text.Json;
using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.Ltx2;

/// <summary>
/// Hyper-parameters of the LTX-2 video VAE (diffusers' <c>AutoencoderKLLTX2Video</c>, NVlabs' <c>AutoencoderKLCausalLTX2Video</c>): as
/// published 32 x 32 pixels and eight frames to one latent pixel, the first frame by itself. Golden cases d1 and d3.
/// </summary>
public sealed record Ltx2Config
{
    /// <summary>Channels of the latents.</summary>
    public required int LatentChannels { get; init; }

    /// <summary>Pixels of a side that the first layer takes as one, and the last layer gives as one.</summary>
    public required int PatchSize { get; init; }

    /// <summary>From pictures to latents.</summary>
    public required IReadOnlyList<Ltx2Stage> EncoderStages { get; init; }

    /// <summary>Residual blocks behind the encoder's last stage.</summary>
    public required int EncoderMidLayers { get; init; }

    /// <summary>From latents to pictures.</summary>
    public required IReadOnlyList<Ltx2Stage> DecoderStages { get; init; }

    /// <summary>Residual blocks before the decoder's first stage.</summary>
    public required int DecoderMidLayers { get; init; }

    /// <summary>Pictures depend on earlier latent frames only; else on later ones, too, so that only whole clips can be decoded.</summary>
    public required bool DecoderCausal { get; init; }

    public required Padding EncoderPadding { get; init; }

    public required Padding DecoderPadding { get; init; }

    /// <summary>Of the LayerNorm in blocks that change the number of channels.</summary>
    public required float NormEps { get; init; }

    /// <summary>Normalised latents are <c>(z - mean) / std</c> times this.</summary>
    public required float ScalingFactor { get; init; }

    /// <summary>Pixels of a latent pixel's side.</summary>
    public int SpatialScale => DecoderStages.Aggregate(PatchSize, (scale, stage) => scale * stage.PixelFactor);

    /// <summary>Pictures of a latent frame but the first.</summary>
    public int TemporalScale => DecoderStages.Aggregate(1, (scale, stage) => scale * stage.FrameFactor);

    /// <exception cref="CheckpointException">A key is missing, or describes what this runtime does not have.</exception>
    public static Ltx2Config Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return Ltx2ConfigReader.Read(new ConfigReader(path, document.RootElement));
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or IOException)
        {
            throw new CheckpointException($"{path} cannot be read: {error.Message}", error);
        }
    }
}
