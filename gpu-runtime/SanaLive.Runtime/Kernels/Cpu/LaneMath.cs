using System.Runtime.CompilerServices;

namespace SanaLive.Runtime.Kernels.Cpu;

/// <summary>The few functions that the kernels need, on vectors.</summary>
internal static unsafe class LaneMath
{
    private const float Log2E = 1.44269504f;

    /// <summary>exp(x) within 3e-7 of itself, for x clamped to [-87.3, 87.3].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Exp<T>(T x)
        where T : unmanaged, ILanes<T> => Exp(x, Log2E);

    /// <summary>Widens bf16 numbers, a multiple of 32 of them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Widen<T>(ushort* from, float* to, nint count)
        where T : unmanaged, ILanes<T>
    {
        for (nint i = 0; i < count; i += 2 * T.Count)
        {
            T.Store(T.LoadBFloat16(from + i), to + i);
            T.Store(T.LoadBFloat16(from + i + T.Count), to + i + T.Count);
        }
    }

    /// <summary>1 / (1 + exp(-x)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sigmoid<T>(T x)
        where T : unmanaged, ILanes<T> => T.Reciprocal(T.Splat(1f) + Exp(x, -Log2E));

    /// <summary>x / (1 + exp(-x)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Silu<T>(T x)
        where T : unmanaged, ILanes<T> => x * Sigmoid(x);

    /// <summary>x / (1 + exp(-2u)) with u = sqrt(2/pi) (x + 0.044715 x^3), which is x (1 + tanh u) / 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T GeluTanh<T>(T x)
        where T : unmanaged, ILanes<T>
    {
        var twiceU = x * T.MultiplyAdd(x * x, T.Splat(2f * 0.7978845608f * 0.044715f), T.Splat(2f * 0.7978845608f));
        return x * Sigmoid(twiceU);
    }

    /// <summary>
    /// tanh(x) within 5e-7 of itself: Lambert's continued fraction to the seventh power at x / 4, where it has converged, then
    /// tanh 2a = 2 tanh a / (1 + tanh^2 a) twice. Past 9 it is one.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Tanh<T>(T x)
        where T : unmanaged, ILanes<T>
    {
        // The constants come first: then x64 passes a NaN on instead of hiding it.
        var a = T.Min(T.Splat(9f), T.Max(T.Splat(-9f), x)) * T.Splat(0.25f);
        var s = a * a;
        var p = T.MultiplyAdd(T.MultiplyAdd(s + T.Splat(378f), s, T.Splat(17325f)), s, T.Splat(135135f));
        var q = T.MultiplyAdd(T.MultiplyAdd(T.MultiplyAdd(T.Splat(28f), s, T.Splat(3150f)), s, T.Splat(62370f)), s, T.Splat(135135f));
        var t = a * p / q;
        t = (t + t) / T.MultiplyAdd(t, t, T.Splat(1f));
        return (t + t) / T.MultiplyAdd(t, t, T.Splat(1f));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Apply<T>(Activation activation, T x)
        where T : unmanaged, ILanes<T> => activation switch
        {
            Activation.Silu => Silu(x),
            Activation.GeluTanh => GeluTanh(x),
            Activation.Relu => T.Max(T.Zero, x),
            _ => x,
        };

    /// <summary>
    /// 2^(x log2e): the whole part n goes to the exponent, the rest r in [-0.5, 0.5] through a minimax polynomial (7.5e-8). Adding and
    /// taking away 1.5 * 2^23 rounds to n; the fused product makes r exact but for log2e's own rounding.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Exp<T>(T x, float log2E)
        where T : unmanaged, ILanes<T>
    {
        // The constants come first: then x64 passes a NaN on instead of hiding it.
        x = T.Min(T.Splat(87.33f), T.Max(T.Splat(-87.33f), x));
        var scale = T.Splat(log2E);
        var shift = T.Splat(12582912f);
        var n = T.MultiplyAdd(x, scale, shift) - shift;
        var r = T.MultiplySubtract(x, scale, n);
        var p = T.MultiplyAdd(T.Splat(1.327647245e-3f), r, T.Splat(9.675540961e-3f));
        p = T.MultiplyAdd(p, r, T.Splat(5.550713092e-2f));
        p = T.MultiplyAdd(p, r, T.Splat(0.2402212024f));
        p = T.MultiplyAdd(p, r, T.Splat(0.693146944f));
        p = T.MultiplyAdd(p, r, T.Splat(1f));
        return T.ScaleByPowerOfTwo(p, n);
    }

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
            T.StorePart(value, target, left);
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
}
