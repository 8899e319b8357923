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

    public static T Apply<T>(Activation activation, T x)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => activation switch
        {
            Activation.None => x,
            Activation.Silu => Silu(x),
            Activation.GeluTanh => GeluTanh(x),
            _ => throw new ArgumentOutOfRangeException(nameof(activation), activation, "Unknown activation."),
        };
}
