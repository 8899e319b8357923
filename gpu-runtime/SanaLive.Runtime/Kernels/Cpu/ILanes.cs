namespace SanaLive.Runtime.Kernels.Cpu;

/// <summary>
/// A vector of floats of one width. Kernels are written once over it; the JIT makes one body per implementation
/// (<see cref="Lanes512"/>, <see cref="Lanes256"/>, <see cref="Lanes128"/>), so that all of them can be tested in one process.
/// </summary>
internal unsafe interface ILanes<T>
    where T : unmanaged, ILanes<T>
{
    /// <summary>Floats in one vector.</summary>
    static abstract int Count { get; }

    /// <summary>Whether there are registers for tiles of 12 rows by two vectors.</summary>
    static abstract bool TallTiles { get; }

    static abstract T Zero { get; }

    static abstract T Load(float* source);

    /// <summary><see cref="Count"/> numbers of which only the upper halves are kept.</summary>
    static abstract T LoadBFloat16(ushort* source);

    static abstract T Splat(float value);

    /// <summary>a * b + c, rounded once where the processor can.</summary>
    static abstract T MultiplyAdd(T a, T b, T c);

    /// <summary>a * b - c, rounded once where the processor can.</summary>
    static abstract T MultiplySubtract(T a, T b, T c);

    static abstract T Min(T a, T b);

    static abstract T Max(T a, T b);

    static abstract T Sqrt(T a);

    /// <summary>value * 2^n for whole n in [-126, 126] and values in [0.7, 1.5].</summary>
    static abstract T ScaleByPowerOfTwo(T value, T n);

    /// <summary>1 / a within 1e-7 of itself, for a in [1, 3e38].</summary>
    static abstract T Reciprocal(T a);

    /// <summary>Lanes 1 0 3 2 5 4 ...</summary>
    static abstract T SwapPairs(T value);

    static abstract T operator +(T a, T b);

    static abstract T operator -(T a, T b);

    static abstract T operator *(T a, T b);

    static abstract T operator /(T a, T b);

    static abstract void Store(T value, float* target);

    /// <summary>Writes the first <paramref name="count"/> lanes only; count is below <see cref="Count"/>.</summary>
    static abstract void StorePart(T value, float* target, int count);

    /// <summary>Whole parts of values in [0, 256) as bytes; <see cref="Count"/> of them.</summary>
    static abstract void StoreBytes(T value, byte* target);

    /// <summary>Sum of the lanes, in an order that depends on the width alone.</summary>
    static abstract float Sum(T value);

    static abstract float MaxLane(T value);
}
