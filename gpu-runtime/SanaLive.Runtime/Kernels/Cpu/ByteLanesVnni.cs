using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SanaLive.Runtime.Kernels.Cpu;

/// <summary>AVX-VNNI: 32 products in one instruction.</summary>
internal readonly unsafe struct ByteLanesVnni(Vector256<int> value) : IByteLanes<ByteLanesVnni>
{
    private readonly Vector256<int> v = value;

    public static int Count => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteLanesVnni LoadSums(int* source) => new(Vector256.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteLanesVnni LoadWeights(sbyte* source) => new(Vector256.Load((int*)source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteLanesVnni SplatInputs(byte* source) => new(Vector256.Create(*(int*)source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteLanesVnni MultiplyAdd(ByteLanesVnni sums, ByteLanesVnni inputs, ByteLanesVnni weights) =>
        new(AvxVnni.MultiplyWideningAndAdd(sums.v, inputs.v.AsByte(), weights.v.AsSByte()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ByteLanesVnni sums, float* columnScales, float rowScale, float* target) =>
        (Vector256.ConvertToSingle(sums.v) * Vector256.Load(columnScales) * rowScale).Store(target);
}
