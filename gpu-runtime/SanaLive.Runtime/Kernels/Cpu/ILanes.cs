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

    static abstract T Splat(float value);

    /// <summary>a * b + c, rounded once where the processor can.</summary>
    static abstract T MultiplyAdd(T a, T b, T c);

    static abstract T Min(T a, T b);

    static abstract T Max(T a, T b);

    static abstract T Sqrt(T a);

    /// <summary>2 to the power of n + <paramref name="shifted"/>'s low bits: the exponent trick of <see cref="LaneMath"/>.</summary>
    static abstract T ScaleByPowerOfTwo(T value, T shifted);

    /// <summary>Lanes 1 0 3 2 5 4 ...</summary>
    static abstract T SwapPairs(T value);

    static abstract T operator +(T a, T b);

    static abstract T operator -(T a, T b);

    static abstract T operator *(T a, T b);

    static abstract T operator /(T a, T b);

    static abstract void Store(T value, float* target);

    /// <summary>Sum of the lanes, in an order that depends on the width alone.</summary>
    static abstract float Sum(T value);

    static abstract float MaxLane(T value);
}
