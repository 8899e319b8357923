namespace SanaLive.Runtime.Sampling;

/// <summary>
/// Straight steps along the flow (diffusers' FlowMatchEulerDiscreteScheduler). It shifts its noise levels twice: once when its range is
/// set up and once more when the steps are laid into the range. Checkpoints were used that way, so it is kept.
/// </summary>
public sealed class FlowEulerSampler : ClipSampler
{
    /// <param name="shift">Of the noise levels; applied twice.</param>
    /// <param name="steps">1 to 1000.</param>
    public FlowEulerSampler(double shift, int steps)
        : this(Levels(shift, steps))
    {
    }

    private FlowEulerSampler(double[] sigmas)
        : base(sigmas, [.. sigmas.Select(sigma => (float)(sigma * NoiseLevels.Timesteps))])
    {
    }

    private protected override void Step(int step, Span<float> x, ReadOnlySpan<float> flow)
    {
        var delta = Sigma(step + 1) - Sigma(step);
        for (var i = 0; i < x.Length; i++)
            x[i] = (float)(x[i] + delta * flow[i]);
    }

    private static double[] Levels(double shift, int steps)
    {
        var (highest, lowest) = (NoiseLevels.Shifted(1, shift), NoiseLevels.Shifted(1.0 / NoiseLevels.Timesteps, shift));
        return [.. NoiseLevels.Line(highest, lowest, steps).Select(level => NoiseLevels.Shifted(level, shift))];
    }
}
