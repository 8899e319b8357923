namespace SanaLive.Runtime.Sampling;

/// <summary>
/// Noise levels of flow matching: 1000 steps <c>s = 1 - i / 1000</c>, shifted to <c>sigma = shift s / (1 + (shift - 1) s)</c>,
/// at the timesteps <c>t = 1000 sigma</c>. Golden case h2 (<c>sched.*</c>).
/// </summary>
public sealed class FlowSchedule
{
    private const int Count = 1000;
    private readonly float[] sigmas = new float[Count];
    private readonly float[] timesteps = new float[Count];

    public FlowSchedule(double shift)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(shift);
        for (var i = 0; i < Count; i++)
        {
            var s = 1.0 - (double)i / Count;
            sigmas[i] = (float)(shift * s / (1 + (shift - 1) * s));
            timesteps[i] = sigmas[i] * Count;
        }
    }

    /// <summary>From 1 down; 1000 of them.</summary>
    public ReadOnlySpan<float> Sigmas => sigmas;

    /// <summary>From 1000 down; 1000 of them.</summary>
    public ReadOnlySpan<float> Timesteps => timesteps;

    /// <summary>The noise level of the entry nearest to a timestep.</summary>
    public float SigmaAt(float timestep)
    {
        var best = 0;
        for (var i = 1; i < Count; i++)
        {
            if (Math.Abs(timesteps[i] - timestep) < Math.Abs(timesteps[best] - timestep))
                best = i;
        }

        return sigmas[best];
    }

    /// <summary>Clean latents with as much noise as a timestep has, in fp64. Golden case e1 (<c>add_noise</c>).</summary>
    /// <param name="timestep">0 to 1000; the nearest entry's level is taken.</param>
    /// <param name="clean">The latents.</param>
    /// <param name="noise">As many numbers.</param>
    /// <param name="noised">As many numbers.</param>
    public void AddNoise(float timestep, ReadOnlySpan<float> clean, ReadOnlySpan<float> noise, Span<float> noised)
    {
        double sigma = SigmaAt(timestep);
        for (var i = 0; i < noised.Length; i++)
            noised[i] = (float)((1 - sigma) * clean[i] + sigma * noise[i]);
    }
}
