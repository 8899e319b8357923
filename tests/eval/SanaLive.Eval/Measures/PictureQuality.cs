namespace SanaLive.Eval.Measures;

/// <summary>How near two pictures are.</summary>
internal static class PictureQuality
{
    private const int Radius = 5;
    private const double C1 = .01 * 255 * .01 * 255;
    private const double C2 = .03 * 255 * .03 * 255;
    private static readonly double[] Window = MakeWindow();

    /// <summary>Peak signal-to-noise ratio over all bytes, in dB; 99 for equal ones.</summary>
    public static double Psnr(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        if (a.Length != b.Length || a.IsEmpty)
            throw new ArgumentException($"{a.Length} and {b.Length} bytes cannot be compared.", nameof(b));
        var sum = 0L;
        for (var i = 0; i < a.Length; i++)
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        return sum == 0 ? 99 : Math.Min(99, 10 * Math.Log10(255.0 * 255.0 * a.Length / sum));
    }

    /// <summary>Structural similarity (Wang et al. 2004) of the brightness of two pictures: Gaussian window of 11, sigma 1.5, mean over all whole windows.</summary>
    /// <param name="a">[height, width, 3].</param>
    /// <param name="b">[height, width, 3].</param>
    /// <param name="width">At least 11.</param>
    public static double Ssim(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, int width)
    {
        var (x, y) = (Brightness(a), Brightness(b));
        var height = x.Length / width;
        if (a.Length != b.Length || a.Length != 3 * width * height || width <= 2 * Radius || height <= 2 * Radius)
            throw new ArgumentException($"{a.Length} and {b.Length} bytes are no two pictures {width} wide and larger than the window.", nameof(b));
        var (mx, my) = (Blur(x, width), Blur(y, width));
        var (xx, yy, xy) = (Blur(Times(x, x), width), Blur(Times(y, y), width), Blur(Times(x, y), width));
        var sum = 0.0;
        for (var i = 0; i < mx.Length; i++)
        {
            var (vx, vy, cov) = (xx[i] - mx[i] * mx[i], yy[i] - my[i] * my[i], xy[i] - mx[i] * my[i]);
            sum += (2 * mx[i] * my[i] + C1) * (2 * cov + C2) / ((mx[i] * mx[i] + my[i] * my[i] + C1) * (vx + vy + C2));
        }

        return sum / mx.Length;
    }

    /// <summary>Brightness of RGB pixels, 0 to 255.</summary>
    public static float[] Brightness(ReadOnlySpan<byte> rgb)
    {
        var y = new float[rgb.Length / 3];
        for (var i = 0; i < y.Length; i++)
            y[i] = .299f * rgb[3 * i] + .587f * rgb[3 * i + 1] + .114f * rgb[3 * i + 2];
        return y;
    }

    private static float[] Times(float[] a, float[] b)
    {
        var product = new float[a.Length];
        for (var i = 0; i < a.Length; i++)
            product[i] = a[i] * b[i];
        return product;
    }

    /// <summary>Whole windows only: the result is 10 smaller each way.</summary>
    private static double[] Blur(float[] x, int width)
    {
        var (height, inner) = (x.Length / width, width - 2 * Radius);
        var rows = new double[height * inner];
        for (var y = 0; y < height; y++)
        {
            for (var tap = 0; tap < Window.Length; tap++)
            {
                for (var i = 0; i < inner; i++)
                    rows[y * inner + i] += Window[tap] * x[y * width + i + tap];
            }
        }

        var blurred = new double[(height - 2 * Radius) * inner];
        for (var y = 0; y < height - 2 * Radius; y++)
        {
            for (var tap = 0; tap < Window.Length; tap++)
            {
                for (var i = 0; i < inner; i++)
                    blurred[y * inner + i] += Window[tap] * rows[(y + tap) * inner + i];
            }
        }

        return blurred;
    }

    private static double[] MakeWindow()
    {
        var window = Enumerable.Range(-Radius, 2 * Radius + 1).Select(i => Math.Exp(-i * i / (2 * 1.5 * 1.5))).ToArray();
        var sum = window.Sum();
        return [.. window.Select(value => value / sum)];
    }
}
