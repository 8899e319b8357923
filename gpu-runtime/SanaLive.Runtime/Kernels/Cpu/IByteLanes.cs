namespace SanaLive.Runtime.Kernels.Cpu;

/// <summary>
/// A vector of 32-bit sums, each fed by four neighbouring bytes. Sums are exact, so every implementation gives the same bits.
/// </summary>
internal unsafe interface IByteLanes<T>
    where T : unmanaged, IByteLanes<T>
{
    /// <summary>Sums in one vector.</summary>
    static abstract int Count { get; }

    static abstract T LoadSums(int* source);

    /// <summary>Four weights for every sum.</summary>
    static abstract T LoadWeights(sbyte* source);

    /// <summary>The same four inputs for every sum.</summary>
    static abstract T SplatInputs(byte* source);

    /// <summary>sums + inputs (0 to 255) * weights (-127 to 127), four products for every sum.</summary>
    static abstract T MultiplyAdd(T sums, T inputs, T weights);

    /// <summary>target = sums * columnScales * rowScale.</summary>
    static abstract void Store(T sums, float* columnScales, float rowScale, float* target);
}
