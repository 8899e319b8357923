using System.Numerics;

namespace SanaLive.Runtime.Kernels.Scalar;

/// <summary>Linear layers, convolutions and the moves between space and channels. Plain loops: the truth.</summary>
internal static class ScalarConvolutions
{
    /// <summary>x [rows, inputs], y [rows, outputs].</summary>
    public static void Linear<T>(ReadOnlySpan<T> x, ScalarWeights<T> weights, in ScalarEpilogue<T> epilogue, Span<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (inputs, outputs) = (weights.Inputs, weights.Outputs);
        for (var row = 0; row < x.Length / inputs; row++)
        {
            var from = x.Slice(row * inputs, inputs);
            for (var o = 0; o < outputs; o++)
            {
                var sum = weights.Bias.Length == 0 ? T.Zero : weights.Bias[o];
                var w = weights.Values.AsSpan(o * inputs, inputs);
                for (var i = 0; i < inputs; i++)
                    sum += from[i] * w[i];
                y[row * outputs + o] = epilogue.Finish(sum, row, o, outputs);
            }
        }
    }

    /// <summary>x, y [frames, rowsPerFrame, c]; tail [rowsPerFrame, c] or empty; y = epilogue(x + conv(x)).</summary>
    public static void TemporalMix<T>(
        ReadOnlySpan<T> x, ReadOnlySpan<T> tail, ScalarWeights<T> weights, int rowsPerFrame, in ScalarEpilogue<T> epilogue, Span<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var c = weights.Inputs;
        var frame = rowsPerFrame * c;
        for (var row = 0; row < x.Length / c; row++)
        {
            var left = row >= rowsPerFrame ? x.Slice(row * c - frame, c) : tail.IsEmpty ? default : tail.Slice(row * c, c);
            var here = x.Slice(row * c, c);
            var right = (row + rowsPerFrame) * c < x.Length ? x.Slice(row * c + frame, c) : default;
            for (var o = 0; o < c; o++)
            {
                var sum = weights.Bias.Length == 0 ? T.Zero : weights.Bias[o];
                for (var i = 0; i < c; i++)
                {
                    var w = weights.Values.AsSpan((o * c + i) * 3, 3);
                    if (!left.IsEmpty)
                        sum += left[i] * w[0];
                    sum += here[i] * w[1];
                    if (!right.IsEmpty)
                        sum += right[i] * w[2];
                }

                y[row * c + o] = epilogue.Finish(here[o] + sum, row, o, c);
            }
        }
    }

    /// <summary>x [frames, height, width, inputs], y [frames, height, width, outputs].</summary>
    public static void Conv3x3<T>(
        ReadOnlySpan<T> x, ScalarWeights<T> weights, int height, int width, in ScalarEpilogue<T> epilogue, Span<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (inputs, outputs) = (weights.Inputs, weights.Outputs);
        for (var row = 0; row < x.Length / inputs; row++)
        {
            var (frame, py, px) = Pixel(row, height, width);
            for (var o = 0; o < outputs; o++)
            {
                var sum = weights.Bias.Length == 0 ? T.Zero : weights.Bias[o];
                for (var tap = 0; tap < 9; tap++)
                {
                    int sy = py + tap / 3 - 1, sx = px + tap % 3 - 1;
                    if (weights.Padding == Padding.Reflect)
                        (sy, sx) = (Mirror(sy, height), Mirror(sx, width));
                    if ((uint)sy >= (uint)height || (uint)sx >= (uint)width)
                        continue;
                    var from = x.Slice(((frame * height + sy) * width + sx) * inputs, inputs);
                    for (var i = 0; i < inputs; i++)
                        sum += from[i] * weights.Values[(o * inputs + i) * 9 + tap];
                }

                y[row * outputs + o] = epilogue.Finish(sum, row, o, outputs);
            }
        }
    }

    /// <summary>x, y [frames, height, width, c].</summary>
    public static void Depthwise<T>(ReadOnlySpan<T> x, ScalarWeights<T> weights, int height, int width, Span<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (channels, side) = (weights.Outputs, (int)Math.Sqrt(weights.Taps));
        for (var row = 0; row < x.Length / channels; row++)
        {
            var (frame, py, px) = Pixel(row, height, width);
            for (var c = 0; c < channels; c++)
            {
                var sum = weights.Bias.Length == 0 ? T.Zero : weights.Bias[c];
                for (var tap = 0; tap < weights.Taps; tap++)
                {
                    int sy = py + tap / side - side / 2, sx = px + tap % side - side / 2;
                    if ((uint)sy < (uint)height && (uint)sx < (uint)width)
                        sum += x[((frame * height + sy) * width + sx) * channels + c] * weights.Values[c * weights.Taps + tap];
                }

                y[row * channels + c] = sum;
            }
        }
    }

    /// <summary>x [frames, height, width, 2 * c], y [frames, height, width, c].</summary>
    public static void DepthwiseGlu<T>(ReadOnlySpan<T> x, ScalarWeights<T> weights, int height, int width, Span<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var channels = weights.Outputs;
        var half = channels / 2;
        var sums = new T[channels];
        for (var row = 0; row < x.Length / channels; row++)
        {
            var (frame, py, px) = Pixel(row, height, width);
            for (var c = 0; c < channels; c++)
            {
                var sum = weights.Bias.Length == 0 ? T.Zero : weights.Bias[c];
                for (var tap = 0; tap < 9; tap++)
                {
                    int sy = py + tap / 3 - 1, sx = px + tap % 3 - 1;
                    if ((uint)sy < (uint)height && (uint)sx < (uint)width)
                        sum += x[((frame * height + sy) * width + sx) * channels + c] * weights.Values[c * 9 + tap];
                }

                sums[c] = sum;
            }

            for (var c = 0; c < half; c++)
                y[row * half + c] = sums[c] * ScalarNumbers.Silu(sums[half + c]);
        }
    }

    /// <summary>
    /// Between [frames, height, width, c] and [frames, height / factor, width / factor, factor, factor, c];
    /// height and width are those of the finer side.
    /// </summary>
    public static void MoveSpace<T>(ReadOnlySpan<T> x, int height, int width, int factor, int c, bool toDepth, Span<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var fine = 0; fine < x.Length / c; fine++)
        {
            var (frame, py, px) = Pixel(fine, height, width);
            var coarse = (frame * (height / factor) + py / factor) * (width / factor) + px / factor;
            var deep = (coarse * factor * factor + py % factor * factor + px % factor) * c;
            if (toDepth)
                x.Slice(fine * c, c).CopyTo(y[deep..]);
            else
                x.Slice(deep, c).CopyTo(y[(fine * c)..]);
        }
    }

    /// <summary>-1 is 1, and size is size - 2.</summary>
    private static int Mirror(int at, int size) => at < 0 ? -at : at < size ? at : 2 * size - 2 - at;

    private static (int Frame, int Y, int X) Pixel(int row, int height, int width) =>
        (row / (height * width), row / width % height, row % width);
}
