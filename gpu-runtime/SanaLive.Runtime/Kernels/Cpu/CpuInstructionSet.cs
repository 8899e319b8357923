namespace SanaLive.Runtime.Kernels.Cpu;

/// <summary>Which vector width the CPU kernels run with. Chosen once per <see cref="CpuKernels"/>, never guessed inside a kernel.</summary>
public enum CpuInstructionSet
{
    /// <summary>Portable 4-lane vectors: SSE on x64, NEON on Arm64.</summary>
    Vector128 = 128,

    /// <summary>8 lanes with fused multiply-add (AVX2 and FMA).</summary>
    Vector256 = 256,

    /// <summary>16 lanes (AVX-512).</summary>
    Vector512 = 512,
}
