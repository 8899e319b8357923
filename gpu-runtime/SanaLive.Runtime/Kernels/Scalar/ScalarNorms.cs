using System.Numerics;

namespace SanaLive.Runtime.Kernels.Scalar;

/// <summary>LayerNorm with modulation, and RMSNorm. Plain loops: the truth that every other kernel set is held to.</summary>
internal static class ScalarNorms
{
    /// <summary>x, y [rows, width]; modulation [groups, stride].</summary>
    public static void NormModulate<T>(
        ReadOnlySpan<T> x, int width, ReadOnlySpan<T> modulation, int stride, int shift, int scale, int rowsPerGroup, T eps, Span<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var n = T.CreateChecked(width);
        for (var row = 0; row < x.Length / width; row++)
        {
            var from = x.Slice(row * width, width);
            var to = y.Slice(row * width, width);
            var mod = modulation.Slice(row / rowsPerGroup * stride, stride);
            T sum = T.Zero, squares = T.Zero;
            foreach (var value in from)
                sum += value;
            var mean = sum / n;
            foreach (var value in from)
                squares += (value - mean) * (value - mean);
            var factor = T.One / T.Sqrt(squares / n + eps);
            for (var i = 0; i < width; i++)
                to[i] = (from[i] - mean) * factor * (T.One + mod[scale + i]) + mod[shift + i];
        }
    }

    /// <summary>x, y [rows, width]; weight [width].</summary>
    public static void RmsNorm<T>(ReadOnlySpan<T> x, int width, ReadOnlySpan<T> weight, T eps, bool relu, Span<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var row = 0; row < x.Length / width; row++)
        {
            var from = x.Slice(row * width, width);
            var to = y.Slice(row * width, width);
            var squares = T.Zero;
            foreach (var value in from)
                squares += value * value;
            var factor = T.One / T.Sqrt(squares / T.CreateChecked(width) + eps);
            for (var i = 0; i < width; i++)
            {
                var value = from[i] * factor * weight[i];
                to[i] = relu && value < T.Zero ? T.Zero : value;
            }
        }
    }
}
