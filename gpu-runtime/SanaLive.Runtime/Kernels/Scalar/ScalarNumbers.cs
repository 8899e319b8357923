using System.Numerics;

namespace SanaLive.Runtime.Kernels.Scalar;

/// <summary>Activations and conversions of the scalar truth.</summary>
internal static class ScalarNumbers
{
    public static T[] From<T>(ReadOnlySpan<float> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var result = new T[values.Length];
        for (var i = 0; i < values.Length; i++)
            result[i] = T.CreateChecked(values[i]);
        return result;
    }

    public static T Silu<T>(T x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => x / (T.One + T.Exp(-x));

    public static T GeluTanh<T>(T x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var inner = T.CreateChecked(0.7978845608028654) * (x + T.CreateChecked(0.044715) * x * x * x);
        return T.CreateChecked(0.5) * x * (T.One + T.Tanh(inner));
    }

    /// <summary>Rounds every row to steps of a 127th of its largest, half up: what 8 bits hold of it.</summary>
    public static void RoundToSteps<T>(Span<T> values, int columns)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (; !values.IsEmpty; values = values[columns..])
        {
            var row = values[..columns];
            var largest = T.Zero;
            foreach (var value in row)
                largest = T.Max(largest, T.Abs(value));
            if (largest == T.Zero)
                continue;
            var steps = T.CreateChecked(127);
            foreach (ref var value in row)
                value = T.Floor((value * steps / largest) + T.CreateChecked(0.5)) * largest / steps;
        }
    }

    public static T Apply<T>(Activation activation, T x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => activation switch
        {
            Activation.None => x,
            Activation.Silu => Silu(x),
            Activation.GeluTanh => GeluTanh(x),
            Activation.Relu => T.Max(T.Zero, x),
            _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "Unknown activation."),
        };
}
