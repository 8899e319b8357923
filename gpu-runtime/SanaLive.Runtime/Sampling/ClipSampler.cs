namespace SanaLive.Runtime.Sampling;

/// <summary>
/// Takes a clip from noise to clean latents, one step after the other; remembers what its formula needs of earlier steps. One per clip.
/// A step is linear in the latents and the flow with coefficients in fp64; golden case e1 holds every kind to its recorded trajectory.
/// </summary>
public abstract class ClipSampler
{
    private readonly double[] sigmas;
    private readonly float[] timesteps;
    private int next;

    /// <param name="sigmas">Noise levels of the steps; the last step goes to 0.</param>
    /// <param name="timesteps">What the model is told at each of them.</param>
    private protected ClipSampler(double[] sigmas, float[] timesteps)
    {
        if (sigmas.Length == 0 || sigmas.Length != timesteps.Length)
            throw new ArgumentException($"{sigmas.Length} noise levels and {timesteps.Length} timesteps make no sampler.", nameof(sigmas));
        this.sigmas = [.. sigmas, 0];
        this.timesteps = timesteps;
    }

    public int Steps => timesteps.Length;

    /// <summary>What the model is told at each step, 1000 at most.</summary>
    public ReadOnlySpan<float> Timesteps => timesteps;

    /// <summary>The noise level before each step and after the last: one more than there are steps, the last 0.</summary>
    public ReadOnlySpan<double> Sigmas => sigmas;

    /// <summary>Takes the next step in place; after the last one <paramref name="x"/> is clean.</summary>
    /// <param name="x">The noisy latents, in any order that stays the same from step to step.</param>
    /// <param name="flow">The model's answer at this step's timestep.</param>
    /// <exception cref="InvalidOperationException">All steps were taken.</exception>
    public void Step(Span<float> x, ReadOnlySpan<float> flow)
    {
        if (next == Steps)
            throw new InvalidOperationException($"All {Steps} steps were taken: a sampler makes one clip.");
        if (x.Length != flow.Length)
            throw new ArgumentException($"{x.Length} latents and a flow of {flow.Length} do not belong together.", nameof(flow));
        Step(next, x, flow);
        next++;
    }

    private protected abstract void Step(int step, Span<float> x, ReadOnlySpan<float> flow);

    private protected double Sigma(int step) => sigmas[step];

    /// <summary>Share of the clean latents at a noise level: x = alpha clean + sigma noise.</summary>
    private protected double Alpha(int step) => 1 - sigmas[step];

    /// <summary>Half the logarithm of the signal-to-noise ratio; infinite where no noise is left.</summary>
    private protected double Lambda(int step) => Math.Log(Alpha(step)) - Math.Log(Sigma(step));

    /// <summary>The clean latents as seen from a step: <c>x - sigma flow</c>.</summary>
    private protected float[] Clean(int step, ReadOnlySpan<float> x, ReadOnlySpan<float> flow)
    {
        var (sigma, clean) = (Sigma(step), new float[x.Length]);
        for (var i = 0; i < clean.Length; i++)
            clean[i] = (float)(x[i] - sigma * flow[i]);
        return clean;
    }
}
