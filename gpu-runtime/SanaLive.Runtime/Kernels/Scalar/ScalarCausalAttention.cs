using System.Numerics;

namespace SanaLive.Runtime.Kernels.Scalar;

/// <summary>Softmax attention of a language model: causal, grouped heads, window, soft cap; and its rotation. Plain loops: the truth.</summary>
internal static class ScalarCausalAttention
{
    /// <summary>x [tokens, heads * d], in place; cos, sin [tokens, d / 2]. Channel i turns with channel i + d / 2.</summary>
    public static void RotateHalves<T>(Span<T> x, ReadOnlySpan<T> cos, ReadOnlySpan<T> sin, int width, int half)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var row = 0; row < x.Length / width; row++)
        {
            for (var head = 0; head < width; head += 2 * half)
            {
                for (var i = 0; i < half; i++)
                {
                    ref var low = ref x[row * width + head + i];
                    ref var high = ref x[row * width + head + half + i];
                    var (a, b, c, s) = (low, high, cos[row * half + i], sin[row * half + i]);
                    low = a * c - b * s;
                    high = b * c + a * s;
                }
            }
        }
    }

    /// <summary>q, y [tokens, heads * d]; k, v [keys, kvHeads * d]; the last token is at the last key.</summary>
    public static void Attend<T>(ReadOnlySpan<T> q, ReadOnlySpan<T> k, ReadOnlySpan<T> v, in CausalAttentionShape shape, int d, Span<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        int width = shape.Heads * d, kvWidth = shape.KeyValueHeads * d;
        int tokens = q.Length / width, keys = k.Length / kvWidth;
        var (scale, cap) = (T.CreateChecked(shape.Scale), T.CreateChecked(shape.SoftCap));
        var weights = new T[keys];
        for (var token = 0; token < tokens; token++)
        {
            var last = keys - tokens + token;
            var first = shape.Window > 0 ? Math.Max(0, last - shape.Window + 1) : 0;
            for (var head = 0; head < shape.Heads; head++)
            {
                var query = q.Slice(token * width + head * d, d);
                var group = head / (shape.Heads / shape.KeyValueHeads) * d;
                var largest = T.NegativeInfinity;
                for (var key = first; key <= last; key++)
                {
                    var dot = T.Zero;
                    for (var j = 0; j < d; j++)
                        dot += query[j] * k[key * kvWidth + group + j];
                    dot *= scale;
                    weights[key] = cap > T.Zero ? T.Tanh(dot / cap) * cap : dot;
                    largest = T.Max(largest, weights[key]);
                }

                var sum = T.Zero;
                for (var key = first; key <= last; key++)
                    sum += weights[key] = T.Exp(weights[key] - largest);
                for (var j = 0; j < d; j++)
                {
                    var value = T.Zero;
                    for (var key = first; key <= last; key++)
                        value += weights[key] * v[key * kvWidth + group + j];
                    y[token * width + head * d + j] = value / sum;
                }
            }
        }
    }
}
