using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SanaLive.Runtime.Kernels.Cpu;

/// <summary>Portable: each of the four bytes of a sum is widened to 32 bits in its place.</summary>
internal readonly unsafe struct ByteLanes128(Vector128<int> value) : IByteLanes<ByteLanes128>
{
    private readonly Vector128<int> v = value;

    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteLanes128 LoadSums(int* source) => new(Vector128.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteLanes128 LoadWeights(sbyte* source) => new(Vector128.Load((int*)source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteLanes128 SplatInputs(byte* source) => new(Vector128.Create(*(int*)source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteLanes128 MultiplyAdd(ByteLanes128 sums, ByteLanes128 inputs, ByteLanes128 weights)
    {
        var (x, w, low) = (inputs.v, weights.v, Vector128.Create(0xFF));
        var sum = sums.v + ((x & low) * ((w << 24) >> 24));
        sum += ((x >>> 8) & low) * ((w << 16) >> 24);
        sum += ((x >>> 16) & low) * ((w << 8) >> 24);
        return new(sum + ((x >>> 24) * (w >> 24)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ByteLanes128 sums, float* columnScales, float rowScale, float* target) =>
        (Vector128.ConvertToSingle(sums.v) * Vector128.Load(columnScales) * rowScale).Store(target);
}
