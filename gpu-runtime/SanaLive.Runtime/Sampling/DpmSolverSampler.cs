namespace SanaLive.Runtime.Sampling;

/// <summary>
/// DPM-Solver++ for flows, of order 1, 2 (midpoint or Heun) or 3: multistep, data prediction, the last step to no noise always of order 1
/// (diffusers' DPMSolverMultistepScheduler with <c>use_flow_sigmas</c>).
/// </summary>
/// <remarks>Lu et al., "DPM-Solver++: fast solver for guided sampling of diffusion probabilistic models", 2022, algorithms 1 and 2.</remarks>
public sealed class DpmSolverSampler : ClipSampler
{
    /// <summary>Below so many steps the last ones are of a lower order, which keeps them stable.</summary>
    private const int FewSteps = 15;

    private readonly int order;
    private readonly bool heun;
    private readonly bool lowerOrderFinal;
    private readonly List<float[]> clean = [];

    /// <param name="shift">Of the noise levels.</param>
    /// <param name="steps">1 to 1000.</param>
    /// <param name="order">1 to 3.</param>
    /// <param name="heun">The second-order formula of Heun's kind instead of the midpoint's.</param>
    /// <param name="lowerOrderFinal">With few steps the one before the last is of order 2 at most.</param>
    public DpmSolverSampler(double shift, int steps, int order = 2, bool heun = false, bool lowerOrderFinal = true)
        : this(Levels(shift, steps))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(order, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(order, 3);
        (this.order, this.heun, this.lowerOrderFinal) = (order, heun, lowerOrderFinal);
    }

    private DpmSolverSampler(double[] sigmas)
        : base(sigmas, NoiseLevels.Truncated(sigmas))
    {
    }

    private protected override void Step(int step, Span<float> x, ReadOnlySpan<float> flow)
    {
        clean.Insert(0, Clean(step, x, flow));
        if (clean.Count > order)
            clean.RemoveAt(order);

        var usable = Math.Min(order, clean.Count);
        if (step == Steps - 1)
            usable = 1;
        else if (step == Steps - 2 && lowerOrderFinal && Steps < FewSteps)
            usable = Math.Min(usable, 2);

        var (alpha, h) = (Alpha(step + 1), Lambda(step + 1) - Lambda(step));
        var keep = Sigma(step + 1) / Sigma(step);
        var expm1 = Math.Exp(-h) - 1;
        if (usable == 1)
            First(x, keep, -alpha * expm1);
        else if (usable == 2)
            Second(x, keep, -alpha * expm1, heun ? alpha * (expm1 / h + 1) : -0.5 * alpha * expm1, (Lambda(step) - Lambda(step - 1)) / h);
        else
            Third(x, step, keep, alpha, expm1, h);
    }

    private void First(Span<float> x, double keep, double c0)
    {
        for (var i = 0; i < x.Length; i++)
            x[i] = (float)(keep * x[i] + c0 * clean[0][i]);
    }

    private void Second(Span<float> x, double keep, double c0, double c1, double r0)
    {
        for (var i = 0; i < x.Length; i++)
            x[i] = (float)(keep * x[i] + c0 * clean[0][i] + c1 * (((double)clean[0][i] - clean[1][i]) / r0));
    }

    private void Third(Span<float> x, int step, double keep, double alpha, double expm1, double h)
    {
        var (r0, r1) = ((Lambda(step) - Lambda(step - 1)) / h, (Lambda(step - 1) - Lambda(step - 2)) / h);
        var (c0, c1, c2) = (-alpha * expm1, alpha * (expm1 / h + 1), -alpha * ((expm1 + h) / (h * h) - 0.5));
        for (var i = 0; i < x.Length; i++)
        {
            var (near, far) = (((double)clean[0][i] - clean[1][i]) / r0, ((double)clean[1][i] - clean[2][i]) / r1);
            var slope = near + r0 / (r0 + r1) * (near - far);
            var bend = (near - far) / (r0 + r1);
            x[i] = (float)(keep * x[i] + c0 * clean[0][i] + c1 * slope + c2 * bend);
        }
    }

    private static double[] Levels(double shift, int steps)
    {
        const double last = 1.0 / NoiseLevels.Timesteps;
        return [.. NoiseLevels.Line(1 - last, 0, steps + 1).Take(steps).Select(level => NoiseLevels.Shifted(level, shift))];
    }
}
