using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae;

/// <summary>
/// 3x3 convolutions between a picture and one of half its size, as plain convolutions of the smaller one: a pixel of it is a square of
/// four, columns in the order (dy, dx, channel) of <see cref="KernelSet.SpaceToDepth"/>. Places that the layer does not see have weights
/// of zero.
/// </summary>
internal static class SquareConv
{
    /// <summary>Stride 2, padding 1: [outputs, inputs, 3, 3] to [outputs, 4 * inputs, 3, 3].</summary>
    public static float[] Halving(ReadOnlySpan<float> weight, int outputs, int inputs)
    {
        var result = new float[4 * weight.Length];
        for (var o = 0; o < outputs; o++)
        {
            for (var i = 0; i < inputs; i++)
            {
                for (var tap = 0; tap < 9; tap++)
                {
                    // Fine row 2y + ky - 1 is the second one of the square above, or the first or second of the own square.
                    var (y, dy) = Part(tap / 3 - 1);
                    var (x, dx) = Part(tap % 3 - 1);
                    result[((o * 4 + dy * 2 + dx) * inputs + i) * 9 + (y + 1) * 3 + x + 1] = weight[(o * inputs + i) * 9 + tap];
                }
            }
        }

        return result;
    }

    /// <summary>After repeating every pixel: [outputs, inputs, 3, 3] to [4 * outputs, inputs, 3, 3].</summary>
    public static float[] Doubling(ReadOnlySpan<float> weight, int outputs, int inputs)
    {
        var result = new float[4 * weight.Length];
        for (var place = 0; place < 4; place++)
        {
            for (var o = 0; o < outputs; o++)
            {
                for (var i = 0; i < inputs; i++)
                {
                    for (var tap = 0; tap < 9; tap++)
                    {
                        var (y, x) = (Part(place / 2 + tap / 3 - 1).Coarse, Part(place % 2 + tap % 3 - 1).Coarse);
                        result[((place * outputs + o) * inputs + i) * 9 + (y + 1) * 3 + x + 1] += weight[(o * inputs + i) * 9 + tap];
                    }
                }
            }
        }

        return result;
    }

    /// <summary>
    /// The means of groups of channels of a square, channels being counted as (channel, dy, dx): [outputs, 4 * inputs], columns in the
    /// order (dy, dx, channel).
    /// </summary>
    public static float[] Means(int outputs, int inputs)
    {
        var (result, group) = (new float[outputs * 4 * inputs], 4 * inputs / outputs);
        for (var from = 0; from < 4 * inputs; from++)
            result[from / group * 4 * inputs + from % 4 * inputs + from / 4] = 1f / group;
        return result;
    }

    /// <summary>Adds a matrix [outputs, inputs] to the middle taps of [outputs, inputs, 3, 3]: a linear path beside the convolution.</summary>
    public static void AddToMiddle(Span<float> weight, ReadOnlySpan<float> matrix)
    {
        for (var i = 0; i < matrix.Length; i++)
            weight[9 * i + 4] += matrix[i];
    }

    /// <summary>Where a fine offset lies: in which square, and where in it.</summary>
    private static (int Coarse, int Place) Part(int fine) => (fine >> 1, fine & 1);
}
