using System.Runtime.Intrinsics.X86;

namespace SanaLive.Runtime.Kernels.Cpu;

/// <summary>
/// What every CPU kernel runs with: the worker threads, the instruction set, and scratch memory that grows to the largest kernel and is
/// then reused. One caller at a time.
/// </summary>
internal sealed unsafe class CpuKernels : IDisposable
{
    private NativeBuffer scratch = new(0);

    /// <param name="threadCount">Threads in all, the caller among them; 0 takes one for every processor that this process may use.</param>
    /// <param name="instructionSet">Which vectors to use; null takes the widest that this processor runs.</param>
    /// <param name="byteProducts">How 8-bit products are made; null takes the fastest way that goes with the vectors.</param>
    /// <exception cref="PlatformNotSupportedException">This processor does not run that instruction set.</exception>
    public CpuKernels(int threadCount = 0, CpuInstructionSet? instructionSet = null, CpuByteProducts? byteProducts = null)
    {
        InstructionSet = instructionSet ?? CpuInstructionSets.Best;
        if (!CpuInstructionSets.IsSupported(InstructionSet))
            throw new PlatformNotSupportedException($"This processor does not run {InstructionSet} kernels; it runs {CpuInstructionSets.Best}.");
        ByteProducts = byteProducts ?? ByteProductsOf(InstructionSet)[0];
        if (!ByteProductsOf(InstructionSet).Contains(ByteProducts))
            throw new PlatformNotSupportedException($"{InstructionSet} kernels on this processor make no 8-bit products by {ByteProducts}.");
        Pool = new WorkerPool(threadCount == 0 ? Environment.ProcessorCount : threadCount);
    }

    public CpuInstructionSet InstructionSet { get; }

    /// <summary>How 8-bit products are made.</summary>
    public CpuByteProducts ByteProducts { get; }

    public WorkerPool Pool { get; }

    public int ThreadCount => Pool.ThreadCount;

    /// <summary>The ways in which 8-bit products can be made beside these vectors, fastest first.</summary>
    public static IReadOnlyList<CpuByteProducts> ByteProductsOf(CpuInstructionSet set) =>
        set == CpuInstructionSet.Vector128 ? [CpuByteProducts.Portable]
        : AvxVnni.IsSupported ? [CpuByteProducts.Vnni, CpuByteProducts.Avx2]
        : [CpuByteProducts.Avx2];

    /// <summary>At least that many floats, with anything in them, valid until the next kernel asks.</summary>
    internal float* Scratch(nint length)
    {
        if (scratch.Length < length)
        {
            scratch.Dispose();
            scratch = new NativeBuffer(length);
        }
        return scratch.Pointer;
    }

    public void Dispose()
    {
        Pool.Dispose();
        scratch.Dispose();
    }
}
