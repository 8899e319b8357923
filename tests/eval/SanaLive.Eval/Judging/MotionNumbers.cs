using SanaLive.Eval.Statistics;

namespace SanaLive.Eval.Judging;

/// <summary>
/// How bands of rows move sideways within a half second: the same arithmetic as <c>motion_numbers</c> in <c>judge.py</c>, golden case judge.
/// </summary>
/// <remarks>
/// With g the sideways slope of the softened brightness, d frames apart and a shift s, a band's fit is
/// <c>mean(g[t, x] g[t + d, x + s]) / (mean_t sqrt(E[t] E[t + d]) + flat)</c>, E being a frame's mean of g squared. A speed's fit is the mean over all
/// distances d of the fits at its shifts. This is done for three views of the brightness: as it is; opened (the largest of the smallest values sideways),
/// which takes away flakes and drops; and opened without its mean over time, where nothing that stands still covers what moves. Then come the
/// least-squares shift over two frames (Lucas and Kanade) and the logarithms of the first and last view's energies.
/// </remarks>
internal sealed class MotionNumbers
{
    private const float Flat = 1e-6f;
    private const float MostShift = 6;
    private const int Slope = 2;
    private static readonly float[] Taps = [1 / 16f, 4 / 16f, 6 / 16f, 4 / 16f, 1 / 16f];
    private readonly JudgeConfig config;
    private readonly int width;
    private readonly int rows;

    public MotionNumbers(JudgeConfig config)
    {
        this.config = config;
        width = config.Width - Taps.Length + 1 - 2 * Slope;
        rows = config.Height / config.Bands;
        Count = config.Bands * PerBand;
    }

    /// <summary>Numbers of a half second.</summary>
    public int Count { get; }

    private int PerBand => 3 * OfFits + 3;

    /// <summary>Numbers of one band's fits: every speed, and the antisymmetric part.</summary>
    private int OfFits => 3 * config.Speeds + 1;

    /// <param name="luminance">[frames, height, width], 0 to 1.</param>
    public float[] Measure(ReadOnlySpan<float> luminance)
    {
        var (soft, slope) = Slopes(luminance);
        var (_, calm) = Slopes(Opened(luminance));
        var moving = WithoutMean(calm);
        var numbers = new float[Count];
        for (var band = 0; band < config.Bands; band++)
        {
            var to = numbers.AsSpan(band * PerBand, PerBand);
            var energy = Fits(slope, band, to);
            Fits(calm, band, to[OfFits..]);
            var energyMoving = Fits(moving, band, to[(2 * OfFits)..]);
            to[^3] = LeastSquaresShift(soft, slope, band);
            to[^2] = MathF.Log10(energy + Flat);
            to[^1] = MathF.Log10(energyMoving + Flat);
        }

        return numbers;
    }

    private float[] Opened(ReadOnlySpan<float> luminance)
    {
        var (lowest, opened) = (new float[luminance.Length], new float[luminance.Length]);
        for (var line = 0; line < luminance.Length; line += config.Width)
        {
            for (var x = 0; x < config.Width; x++)
                lowest[line + x] = Smallest(luminance.Slice(line, config.Width), x);
            for (var x = 0; x < config.Width; x++)
                opened[line + x] = Largest(lowest.AsSpan(line, config.Width), x);
        }

        return opened;

        float Smallest(ReadOnlySpan<float> values, int x)
        {
            var smallest = float.PositiveInfinity;
            for (var i = Math.Max(0, x - config.Opening / 2); i <= Math.Min(values.Length - 1, x + config.Opening / 2); i++)
                smallest = Math.Min(smallest, values[i]);
            return smallest;
        }

        float Largest(ReadOnlySpan<float> values, int x)
        {
            var largest = float.NegativeInfinity;
            for (var i = Math.Max(0, x - config.Opening / 2); i <= Math.Min(values.Length - 1, x + config.Opening / 2); i++)
                largest = Math.Max(largest, values[i]);
            return largest;
        }
    }

    private (float[] Soft, float[] Slope) Slopes(ReadOnlySpan<float> luminance)
    {
        var lines = config.Frames * config.Height;
        var (soft, slope) = (new float[lines * width], new float[lines * width]);
        var line = new float[width + 2 * Slope];
        for (var y = 0; y < lines; y++)
        {
            var from = luminance.Slice(y * config.Width, config.Width);
            for (var x = 0; x < line.Length; x++)
            {
                var sum = 0f;
                for (var tap = 0; tap < Taps.Length; tap++)
                    sum += Taps[tap] * from[x + tap];
                line[x] = sum;
            }

            for (var x = 0; x < width; x++)
            {
                soft[y * width + x] = line[x + Slope];
                slope[y * width + x] = line[x + 2 * Slope] - line[x];
            }
        }

        return (soft, slope);
    }

    private float[] WithoutMean(float[] slope)
    {
        var (left, frame) = (new float[slope.Length], config.Height * width);
        for (var i = 0; i < frame; i++)
        {
            var mean = 0f;
            for (var t = 0; t < config.Frames; t++)
                mean += slope[t * frame + i] / config.Frames;
            for (var t = 0; t < config.Frames; t++)
                left[t * frame + i] = slope[t * frame + i] - mean;
        }

        return left;
    }

    /// <summary>Writes one band's fits; returns the mean of its slopes squared.</summary>
    private float Fits(float[] slope, int band, Span<float> fits)
    {
        fits[..OfFits].Clear();
        var energy = new float[config.Frames];
        for (var t = 0; t < config.Frames; t++)
        {
            var part = slope.AsSpan((t * config.Height + band * rows) * width, rows * width);
            energy[t] = Dots.Dot(part, part) / part.Length;
        }

        var pairs = config.Apart.Sum(apart => config.Frames - apart);
        foreach (var apart in config.Apart)
        {
            var most = (int)Math.Ceiling(config.Speeds * config.SpeedStep * apart) + 1;
            var shifted = AtWholeShifts(slope, band, apart, most, energy);
            for (var v = -config.Speeds; v <= config.Speeds; v++)
            {
                var at = v * config.SpeedStep * apart + most;
                var low = (int)Math.Floor(at);
                var part = (float)(at - low);
                fits[v + config.Speeds] += (shifted[low] * (1 - part) + shifted[low + 1] * part) * (config.Frames - apart) / pairs;
            }
        }

        for (var v = 1; v <= config.Speeds; v++)
            fits[2 * config.Speeds + v] = fits[config.Speeds + v] - fits[config.Speeds - v];
        return energy.Average();
    }

    private float[] AtWholeShifts(float[] slope, int band, int apart, int most, float[] energy)
    {
        var frames = config.Frames - apart;
        var power = Flat;
        for (var t = 0; t < frames; t++)
            power += MathF.Sqrt(energy[t] * energy[t + apart]) / frames;
        var fits = new float[2 * most + 1];
        for (var shift = -most; shift <= most; shift++)
        {
            var sum = 0f;
            for (var t = 0; t < frames; t++)
            {
                for (var row = band * rows; row < (band + 1) * rows; row++)
                {
                    var a = slope.AsSpan((t * config.Height + row) * width + most, width - 2 * most);
                    sum += Dots.Dot(a, slope.AsSpan(((t + apart) * config.Height + row) * width + most + shift, a.Length));
                }
            }

            fits[most + shift] = sum / (frames * rows * (width - 2 * most)) / power;
        }

        return fits;
    }

    /// <summary>Pixels per two frames that make the slope explain the change best.</summary>
    private float LeastSquaresShift(float[] soft, float[] slope, int band)
    {
        const int apart = 2;
        var (product, square) = (0.0, 0.0);
        for (var t = 0; t < config.Frames - apart; t++)
        {
            var (from, to) = ((t * config.Height + band * rows) * width, ((t + apart) * config.Height + band * rows) * width);
            for (var i = 0; i < rows * width; i++)
            {
                var mean = (slope[from + i] + slope[to + i]) / (4 * Slope);
                product += mean * (soft[to + i] - soft[from + i]);
                square += mean * mean;
            }
        }

        var count = (config.Frames - apart) * rows * width;
        return Math.Clamp((float)(-product / count / (square / count + Flat)), -MostShift, MostShift);
    }
}
