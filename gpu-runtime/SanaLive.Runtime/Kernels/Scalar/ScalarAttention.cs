using System.Numerics;

namespace SanaLive.Runtime.Kernels.Scalar;

/// <summary>Linear attention with state, and softmax cross-attention. Plain loops: the truth.</summary>
internal static class ScalarAttention
{
    /// <summary>k, v [tokens, heads * d]; rotation [tokens, d], cosines before sines; s [heads, d (value), d (key)]; z [heads, d].</summary>
    public static void Terms<T>(
        ReadOnlySpan<T> k, ReadOnlySpan<T> v, ReadOnlySpan<T> rotation, int heads, int d, Span<T> s, Span<T> z)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        s.Clear();
        z.Clear();
        var width = heads * d;
        var rotated = new T[d];
        for (var token = 0; token < k.Length / width; token++)
        {
            for (var head = 0; head < heads; head++)
            {
                var key = k.Slice(token * width + head * d, d);
                var value = v.Slice(token * width + head * d, d);
                Rotate(key, rotation.Slice(token * d, d / 2), rotation.Slice(token * d + d / 2, d / 2), rotated);
                for (var j = 0; j < d; j++)
                    z[head * d + j] += key[j];
                for (var i = 0; i < d; i++)
                {
                    for (var j = 0; j < d; j++)
                        s[(head * d + i) * d + j] += value[i] * rotated[j];
                }
            }
        }
    }

    /// <summary>y = S R q / (z . q + eps). Shapes as in <see cref="Terms"/>.</summary>
    public static void Apply<T>(
        ReadOnlySpan<T> q, ReadOnlySpan<T> rotation, ReadOnlySpan<T> s, ReadOnlySpan<T> z, int heads, int d, T eps, Span<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var width = heads * d;
        var rotated = new T[d];
        for (var token = 0; token < q.Length / width; token++)
        {
            for (var head = 0; head < heads; head++)
            {
                var query = q.Slice(token * width + head * d, d);
                Rotate(query, rotation.Slice(token * d, d / 2), rotation.Slice(token * d + d / 2, d / 2), rotated);
                var denominator = eps;
                for (var j = 0; j < d; j++)
                    denominator += z[head * d + j] * query[j];
                for (var i = 0; i < d; i++)
                {
                    var sum = T.Zero;
                    for (var j = 0; j < d; j++)
                        sum += s[(head * d + i) * d + j] * rotated[j];
                    y[token * width + head * d + i] = sum / denominator;
                }
            }
        }
    }

    /// <summary>target += scale * source R^T; rows of d, one angle per pair.</summary>
    public static void AddRotated<T>(
        ReadOnlySpan<T> source, ReadOnlySpan<double> cos, ReadOnlySpan<double> sin, T scale, Span<T> target)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var pairs = cos.Length;
        for (var row = 0; row < source.Length / (2 * pairs); row++)
        {
            for (var pair = 0; pair < pairs; pair++)
            {
                var at = row * 2 * pairs + 2 * pair;
                T c = T.CreateChecked(cos[pair]), sn = T.CreateChecked(sin[pair]);
                target[at] += scale * (source[at] * c - source[at + 1] * sn);
                target[at + 1] += scale * (source[at] * sn + source[at + 1] * c);
            }
        }
    }

    /// <summary>q, y [tokens, heads * d]; k, v [words, heads * d].</summary>
    public static void Cross<T>(ReadOnlySpan<T> q, ReadOnlySpan<T> k, ReadOnlySpan<T> v, int heads, int d, Span<T> y)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var width = heads * d;
        var words = k.Length / width;
        var scale = T.One / T.Sqrt(T.CreateChecked(d));
        var weights = new T[words];
        for (var token = 0; token < q.Length / width; token++)
        {
            for (var head = 0; head < heads; head++)
            {
                var query = q.Slice(token * width + head * d, d);
                var largest = T.NegativeInfinity;
                for (var word = 0; word < words; word++)
                {
                    var dot = T.Zero;
                    for (var j = 0; j < d; j++)
                        dot += query[j] * k[word * width + head * d + j];
                    weights[word] = dot * scale;
                    largest = T.Max(largest, weights[word]);
                }

                var sum = T.Zero;
                for (var word = 0; word < words; word++)
                    sum += weights[word] = T.Exp(weights[word] - largest);
                for (var j = 0; j < d; j++)
                {
                    var value = T.Zero;
                    for (var word = 0; word < words; word++)
                        value += weights[word] * v[word * width + head * d + j];
                    y[token * width + head * d + j] = value / sum;
                }
            }
        }
    }

    private static void Rotate<T>(ReadOnlySpan<T> from, ReadOnlySpan<T> cos, ReadOnlySpan<T> sin, Span<T> to)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var pair = 0; pair < cos.Length; pair++)
        {
            var (a, b) = (from[2 * pair], from[2 * pair + 1]);
            to[2 * pair] = a * cos[pair] - b * sin[pair];
            to[2 * pair + 1] = a * sin[pair] + b * cos[pair];
        }
    }
}
