using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SanaLive.Runtime.Kernels.Cpu;

/// <summary>
/// AVX2 without VNNI: even and odd bytes as 16-bit numbers, multiplied in pairs. The shorter way through 16-bit sums would saturate.
/// </summary>
internal readonly unsafe struct ByteLanes256(Vector256<int> value) : IByteLanes<ByteLanes256>
{
    private readonly Vector256<int> v = value;

    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteLanes256 LoadSums(int* source) => new(Vector256.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteLanes256 LoadWeights(sbyte* source) => new(Vector256.Load((int*)source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteLanes256 SplatInputs(byte* source) => new(Vector256.Create(*(int*)source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteLanes256 MultiplyAdd(ByteLanes256 sums, ByteLanes256 inputs, ByteLanes256 weights)
    {
        var (x, w) = (inputs.v.AsInt16(), weights.v.AsInt16());
        var even = Avx2.MultiplyAddAdjacent(x & Vector256.Create((short)0xFF), (w << 8) >> 8);
        var odd = Avx2.MultiplyAddAdjacent(x >>> 8, w >> 8);
        return new(sums.v + even + odd);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ByteLanes256 sums, float* columnScales, float rowScale, float* target) =>
        (Vector256.ConvertToSingle(sums.v) * Vector256.Load(columnScales) * rowScale).Store(target);
}
