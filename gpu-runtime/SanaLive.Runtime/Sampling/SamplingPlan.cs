namespace SanaLive.Runtime.Sampling;

/// <summary>The steps of one block: a timestep for the model and a noise level for each. Pure numbers, no state.</summary>
public sealed class SamplingPlan
{
    private readonly float[] timesteps;
    private readonly float[] sigmas;

    private SamplingPlan(SamplerKind kind, float[] timesteps, float[] sigmas)
    {
        if (timesteps.Length == 0 || timesteps.Length != sigmas.Length)
            throw new ArgumentException($"{timesteps.Length} timesteps and {sigmas.Length} noise levels make no plan.");
        Kind = kind;
        this.timesteps = timesteps;
        this.sigmas = sigmas;
    }

    public SamplerKind Kind { get; }

    public int Steps => timesteps.Length;

    /// <summary>Steps after which fresh noise is needed.</summary>
    public bool NeedsNoise(int step) => Kind == SamplerKind.Renoise && step + 1 < Steps;

    /// <summary>LongSANA: fixed timesteps, the noise level of the nearest entry of the schedule (section 3 of the reference).</summary>
    public static SamplingPlan LongSana(IReadOnlyList<float> timesteps, FlowSchedule schedule) =>
        new(SamplerKind.Renoise, [.. timesteps], [.. timesteps.Select(schedule.SigmaAt)]);

    /// <summary>Descending timesteps that are a thousand times their noise level.</summary>
    public static SamplingPlan Of(SamplerKind kind, IReadOnlyList<float> timesteps) =>
        new(kind, [.. timesteps], [.. timesteps.Select(timestep => timestep / 1000)]);

    /// <summary>The same, but only the first of its steps.</summary>
    public SamplingPlan Of(int steps) => new(Kind, timesteps[..steps], sigmas[..steps]);

    /// <summary>What the model is told at a step: truncated to an integer, like in the reference.</summary>
    public float Timestep(int step) => MathF.Truncate(timesteps[step]);

    public float Sigma(int step) => sigmas[step];

    /// <summary>The clean block as seen from a step: <c>x - sigma * flow</c>, in fp64.</summary>
    public void Clean(int step, ReadOnlySpan<float> x, ReadOnlySpan<float> flow, Span<float> clean)
    {
        double sigma = sigmas[step];
        for (var i = 0; i < clean.Length; i++)
            clean[i] = (float)(x[i] - sigma * flow[i]);
    }

    /// <summary>Takes a step in place. After the last one <paramref name="x"/> is the block.</summary>
    /// <param name="step">From 0.</param>
    /// <param name="x">The noisy latents.</param>
    /// <param name="flow">The model's answer, same layout.</param>
    /// <param name="noise">Fresh noise if <see cref="NeedsNoise"/>; else not read.</param>
    public void Step(int step, Span<float> x, ReadOnlySpan<float> flow, ReadOnlySpan<float> noise)
    {
        var next = step + 1 < Steps ? sigmas[step + 1] : 0;
        if (Kind == SamplerKind.Euler)
        {
            double delta = (double)next - sigmas[step];
            for (var i = 0; i < x.Length; i++)
                x[i] = (float)(x[i] + delta * flow[i]);
            return;
        }

        Clean(step, x, flow, x);
        if (!NeedsNoise(step))
            return;
        for (var i = 0; i < x.Length; i++)
            x[i] = (float)((1.0 - next) * x[i] + (double)next * noise[i]);
    }
}
