using SanaLive.Eval.Statistics;

namespace SanaLive.Eval.Measures;

/// <summary>
/// How fast the nearest ground goes by, from pictures alone: the sideways slopes of the lowest rows are laid over each other some frames apart at every
/// whole shift; the speed is the one whose shifts, at all distances in time together, fit best. No judge and no training is in it.
/// </summary>
internal static class ScrollSpeed
{
    private const int Rows = 16;
    private const double Fastest = 5.5;
    private const double Step = .01;
    private static readonly int[] Apart = [1, 2, 4, 7];

    /// <param name="frames">[count, height, width, 3] with at least eight frames.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="framesPerSecond">Of the stream.</param>
    /// <returns>Pixels per second, positive when the ground moves to the left (the journey goes right), and how well it fits, at most 1.</returns>
    public static (double PixelsPerSecond, double Fit) Measure(ReadOnlySpan<byte> frames, int width, int height, int framesPerSecond)
    {
        var count = frames.Length / (width * height * 3);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, Apart[^1] + 1);
        var slopes = Enumerable.Range(0, count).Select(_ => new float[Rows * (width - 2)]).ToArray();
        for (var frame = 0; frame < count; frame++)
        {
            var rgb = frames.Slice(((frame + 1) * height - Rows) * width * 3, Rows * width * 3);
            var light = PictureQuality.Brightness(rgb);
            for (var row = 0; row < Rows; row++)
            {
                for (var x = 0; x < width - 2; x++)
                    slopes[frame][row * (width - 2) + x] = light[row * width + x + 2] - light[row * width + x];
            }
        }

        var fits = Apart.Select(apart => Fits(slopes, apart, width - 2)).ToArray();
        var (best, speed) = (double.NegativeInfinity, 0.0);
        for (var v = -Fastest; v <= Fastest; v += Step)
        {
            var sum = 0.0;
            for (var i = 0; i < Apart.Length; i++)
                sum += Between(fits[i], -v * Apart[i]);
            if (sum > best)
                (best, speed) = (sum, v);
        }

        return (speed * framesPerSecond, best / Apart.Length);
    }

    /// <summary>The normalised correlation at every whole shift from -most to most.</summary>
    private static double[] Fits(float[][] slopes, int apart, int width)
    {
        var most = (int)Math.Ceiling(Fastest * apart) + 2;
        var fits = new double[2 * most + 1];
        for (var shift = -most; shift <= most; shift++)
        {
            var (both, a, b) = (0.0, 0.0, 0.0);
            for (var t = 0; t + apart < slopes.Length; t++)
            {
                for (var row = 0; row < Rows; row++)
                {
                    var from = slopes[t].AsSpan(row * width + most, width - 2 * most);
                    var to = slopes[t + apart].AsSpan(row * width + most + shift, from.Length);
                    both += Dots.Dot(from, to);
                    a += Dots.Dot(from, from);
                    b += Dots.Dot(to, to);
                }
            }

            fits[most + shift] = both / (Math.Sqrt(a * b) + 1);
        }

        return fits;
    }

    /// <summary>Between whole shifts along a Catmull-Rom curve.</summary>
    private static double Between(double[] fits, double shift)
    {
        var at = shift + fits.Length / 2;
        var i = Math.Clamp((int)Math.Floor(at), 1, fits.Length - 3);
        var t = at - i;
        var (p0, p1, p2, p3) = (fits[i - 1], fits[i], fits[i + 1], fits[i + 2]);
        return p1 + .5 * t * (p2 - p0 + t * (2 * p0 - 5 * p1 + 4 * p2 - p3 + t * (3 * (p1 - p2) + p3 - p0)));
    }
}
