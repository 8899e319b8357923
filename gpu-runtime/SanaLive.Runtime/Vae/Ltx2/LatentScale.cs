using SanaLive.Runtime.Checkpoints;

namespace SanaLive.Runtime.Vae.Ltx2;

/// <summary>Between the VAE's latents and the transformer's: <c>(z - mean) / std * factor</c> per channel.</summary>
internal sealed class LatentScale
{
    private readonly float[] mean;
    private readonly float[] std;
    private readonly float factor;

    /// <summary>Takes <c>latents_mean</c> and <c>latents_std</c>.</summary>
    public LatentScale(Checkpoint checkpoint, Ltx2Config config)
    {
        factor = config.ScalingFactor;
        mean = checkpoint.Take("latents_mean", config.LatentChannels);
        std = checkpoint.Take("latents_std", config.LatentChannels);
        if (!mean.All(float.IsFinite) || !std.All(value => float.IsFinite(value) && value > 0))
            throw new CheckpointException("latents_mean and latents_std are not the means and deviations of anything.");
    }

    /// <summary>[..., channels].</summary>
    public void Normalise(ReadOnlySpan<float> z, Span<float> latents)
    {
        for (var i = 0; i < z.Length; i++)
            latents[i] = (z[i] - mean[i % mean.Length]) / std[i % std.Length] * factor;
    }

    /// <summary>[..., channels].</summary>
    public void Denormalise(ReadOnlySpan<float> latents, Span<float> z)
    {
        for (var i = 0; i < z.Length; i++)
            z[i] = latents[i] * std[i % std.Length] / factor + mean[i % mean.Length];
    }
}
