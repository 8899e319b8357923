using System.Runtime.CompilerServices;

namespace SanaLive.Runtime.Kernels.Cpu;

/// <summary>The few functions that the kernels need, on vectors.</summary>
internal static unsafe class LaneMath
{
    /// <summary>
    /// exp(x) within 2 units in the last place, for x clamped to [-87.3, 88.3]: x = n ln 2 + r, a polynomial for exp(r), and n added to
    /// the exponent's bits (the rounding constant 1.5 * 2^23 leaves n in the low bits of the shifted value).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Exp<T>(T x)
        where T : unmanaged, ILanes<T>
    {
        // The constants come first: then x64 passes a NaN on instead of hiding it.
        x = T.Min(T.Splat(88.37f), T.Max(T.Splat(-87.33f), x));
        var shift = T.Splat(12582912f);
        var shifted = T.MultiplyAdd(x, T.Splat(1.44269504f), shift);
        var n = shifted - shift;
        var r = T.MultiplyAdd(n, T.Splat(-0.693359375f), x);
        r = T.MultiplyAdd(n, T.Splat(2.12194440e-4f), r);
        var p = T.MultiplyAdd(T.Splat(1.9875691500e-4f), r, T.Splat(1.3981999507e-3f));
        p = T.MultiplyAdd(p, r, T.Splat(8.3334519073e-3f));
        p = T.MultiplyAdd(p, r, T.Splat(4.1665795894e-2f));
        p = T.MultiplyAdd(p, r, T.Splat(1.6666665459e-1f));
        p = T.MultiplyAdd(p, r, T.Splat(0.5f));
        p = T.MultiplyAdd(p, r, T.Splat(1f));
        p = T.MultiplyAdd(p, r, T.Splat(1f));
        return T.ScaleByPowerOfTwo(p, shifted);
    }

    /// <summary>x / (1 + exp(-x)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Silu<T>(T x)
        where T : unmanaged, ILanes<T> =>
        x / (T.Splat(1f) + Exp(T.Zero - x));

    /// <summary>x / (1 + exp(-2u)) with u = sqrt(2/pi) (x + 0.044715 x^3), which is x (1 + tanh u) / 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T GeluTanh<T>(T x)
        where T : unmanaged, ILanes<T>
    {
        var minus2u = x * T.MultiplyAdd(x * x, T.Splat(-2f * 0.7978845608f * 0.044715f), T.Splat(-2f * 0.7978845608f));
        return x / (T.Splat(1f) + Exp(minus2u));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Apply<T>(Activation activation, T x)
        where T : unmanaged, ILanes<T> => activation switch
        {
            Activation.Silu => Silu(x),
            Activation.GeluTanh => GeluTanh(x),
            _ => x,
        };

    /// <summary>One vector, or the first <paramref name="left"/> floats and zeros when a row ends inside of it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Load<T>(float* source, int left)
        where T : unmanaged, ILanes<T> =>
        left >= T.Count ? T.Load(source) : LoadPart<T>(source, left);

    /// <summary>The counterpart of <see cref="Load{T}"/>: writes no more than <paramref name="left"/> floats.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(T value, float* target, int left)
        where T : unmanaged, ILanes<T>
    {
        if (left >= T.Count)
            T.Store(value, target);
        else
            StorePart(value, target, left);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static T LoadPart<T>(float* source, int left)
        where T : unmanaged, ILanes<T>
    {
        var part = stackalloc float[16];
        for (var i = 0; i < left; i++)
            part[i] = source[i];
        return T.Load(part);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void StorePart<T>(T value, float* target, int left)
        where T : unmanaged, ILanes<T>
    {
        var part = stackalloc float[16];
        T.Store(value, part);
        for (var i = 0; i < left; i++)
            target[i] = part[i];
    }
}
