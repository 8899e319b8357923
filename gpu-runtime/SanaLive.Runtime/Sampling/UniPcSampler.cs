namespace SanaLive.Runtime.Sampling;

/// <summary>
/// UniPC for flows, data prediction, B(h) of either kind: every step first corrects the latents with what the model has just said, then
/// predicts the next ones (diffusers' UniPCMultistepScheduler with <c>use_flow_sigmas</c>).
/// </summary>
/// <remarks>Zhao et al., "UniPC: a unified predictor-corrector framework for fast sampling of diffusion models", 2023, algorithms 5 and 6.</remarks>
public sealed class UniPcSampler : ClipSampler
{
    // A level of exactly 1 has no logarithm of its signal; the reference takes this much off.
    private const double Tiny = 1e-6;

    private readonly int order;
    private readonly bool plainB;
    private readonly bool lowerOrderFinal;
    private readonly HashSet<int> uncorrected;
    private readonly List<float[]> clean = [];
    private float[] before = [];
    private int usedOrder;

    /// <param name="shift">Of the noise levels.</param>
    /// <param name="steps">1 to 1000.</param>
    /// <param name="order">1 to 3.</param>
    /// <param name="plainB"><c>B(h) = h</c> (bh1) instead of <c>exp(h) - 1</c> (bh2).</param>
    /// <param name="lowerOrderFinal">The last steps are of the order that is left to them.</param>
    /// <param name="uncorrected">Steps whose result is left uncorrected.</param>
    public UniPcSampler(double shift, int steps, int order = 2, bool plainB = false, bool lowerOrderFinal = true, IEnumerable<int>? uncorrected = null)
        : this(Levels(shift, steps))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(order, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(order, 3);
        (this.order, this.plainB, this.lowerOrderFinal, this.uncorrected) = (order, plainB, lowerOrderFinal, [.. uncorrected ?? []]);
    }

    private UniPcSampler(double[] sigmas)
        : base(sigmas, NoiseLevels.Truncated(sigmas)) => uncorrected = [];

    private protected override void Step(int step, Span<float> x, ReadOnlySpan<float> flow)
    {
        var now = Clean(step, x, flow);
        if (step > 0 && !uncorrected.Contains(step - 1))
            Move(step, before, x, usedOrder, now);
        clean.Insert(0, now);
        if (clean.Count > order)
            clean.RemoveAt(order);

        usedOrder = Math.Min(order, clean.Count);
        if (lowerOrderFinal)
            usedOrder = Math.Min(usedOrder, Steps - step);
        before = x.ToArray();
        Move(step + 1, before, x, usedOrder, null);
    }

    /// <summary>From the step before <paramref name="target"/> to it: a prediction, or a correction when the model has already been asked there.</summary>
    /// <param name="target">The step that is gone to.</param>
    /// <param name="from">Latents at the step before.</param>
    /// <param name="x">Receives the latents there.</param>
    /// <param name="order">Of the formula.</param>
    /// <param name="there">The clean latents as seen from the target; null for a prediction.</param>
    private void Move(int target, ReadOnlySpan<float> from, Span<float> x, int order, float[]? there)
    {
        var origin = target - 1;
        var h = Lambda(target) - Lambda(origin);
        var (negative, expm1) = (-h, ExpM1(-h));
        var b = plainB ? negative : expm1;

        // Differences to older answers, each at its place on the scale of h; a correction knows the answer at the target, too.
        var places = Enumerable.Range(1, order - 1).Select(i => (Lambda(origin - i) - Lambda(origin)) / h).ToList();
        if (there is not null)
            places.Add(1);
        var weights = Weights(places, negative, b, corrects: there is not null);

        var (keep, alpha) = (Sigma(target) / Sigma(origin), Alpha(target));
        for (var i = 0; i < x.Length; i++)
        {
            double center = clean[0][i], sum = 0;
            for (var d = 0; d < places.Count; d++)
                sum += weights[d] * ((d == order - 1 ? there![i] : clean[d + 1][i]) - center) / places[d];
            x[i] = (float)(keep * from[i] - alpha * expm1 * center - alpha * b * sum);
        }
    }

    /// <summary>Solves for the weights that make the formula exact to its order; the first-order correction and second-order prediction take a half.</summary>
    private static double[] Weights(List<double> places, double negative, double b, bool corrects)
    {
        var count = places.Count;
        if (count <= 1)
            return count == 0 ? [] : [0.5];
        var matrix = new double[count, count + 1];
        var (phi, factorial) = (ExpM1(negative) / negative - 1, 1.0);
        for (var row = 0; row < count; row++)
        {
            for (var column = 0; column < count; column++)
                matrix[row, column] = Math.Pow(places[column], row);
            matrix[row, count] = phi * factorial / b;
            factorial *= row + 2;
            phi = phi / negative - 1 / factorial;
        }

        return Solve(matrix, count);
    }

    /// <summary>Gauss-Jordan with pivots, of at most three unknowns.</summary>
    private static double[] Solve(double[,] matrix, int count)
    {
        for (var pivot = 0; pivot < count; pivot++)
        {
            var best = Enumerable.Range(pivot, count - pivot).MaxBy(row => Math.Abs(matrix[row, pivot]));
            for (var column = 0; column <= count; column++)
                (matrix[pivot, column], matrix[best, column]) = (matrix[best, column], matrix[pivot, column]);
            for (var row = 0; row < count; row++)
            {
                var factor = row == pivot ? 0 : matrix[row, pivot] / matrix[pivot, pivot];
                for (var column = 0; column <= count; column++)
                    matrix[row, column] -= factor * matrix[pivot, column];
            }
        }

        return [.. Enumerable.Range(0, count).Select(row => matrix[row, count] / matrix[row, row])];
    }

    private static double ExpM1(double x) => Math.Abs(x) > 1e-5 ? Math.Exp(x) - 1 : x + x * x / 2;

    private static double[] Levels(double shift, int steps)
    {
        double[] levels = [.. NoiseLevels.Line(1, 1.0 / NoiseLevels.Timesteps, steps + 1).Take(steps).Select(level => NoiseLevels.Shifted(level, shift))];
        if (Math.Abs(levels[0] - 1) < Tiny)
            levels[0] -= Tiny;
        return levels;
    }
}
