using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace SanaLive.Runtime.Kernels.Cpu;

/// <summary>What this processor can run.</summary>
public static class CpuInstructionSets
{
    /// <summary>The widest set that this processor runs.</summary>
    public static CpuInstructionSet Best { get; } =
        IsSupported(CpuInstructionSet.Vector512) ? CpuInstructionSet.Vector512
        : IsSupported(CpuInstructionSet.Vector256) ? CpuInstructionSet.Vector256
        : CpuInstructionSet.Vector128;

    /// <summary>Every set that this processor runs, widest first.</summary>
    public static IReadOnlyList<CpuInstructionSet> Supported { get; } =
        [.. Enum.GetValues<CpuInstructionSet>().Where(IsSupported).OrderDescending()];

    public static bool IsSupported(CpuInstructionSet set) => set switch
    {
        CpuInstructionSet.Vector512 => Vector512.IsHardwareAccelerated && Avx512F.IsSupported,
        CpuInstructionSet.Vector256 => Vector256.IsHardwareAccelerated && Fma.IsSupported,
        CpuInstructionSet.Vector128 => true,
        _ => false,
    };
}
