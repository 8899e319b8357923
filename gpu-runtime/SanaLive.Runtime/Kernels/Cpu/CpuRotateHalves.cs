using System.Runtime.CompilerServices;

namespace SanaLive.Runtime.Kernels.Cpu;

/// <summary>The rotation of a language model's queries and keys, x[tokens, heads * d] in place: channel i of a head turns with channel i + d / 2.</summary>
internal static unsafe class CpuRotateHalves
{
    private const int RowsPerChunk = 16;

    /// <summary>cos and sin are [tokens, half].</summary>
    public static void Run(CpuKernels cpu, float* x, int rows, int width, float* cos, float* sin, int half)
    {
        var job = new Job { X = x, Cos = cos, Sin = sin, Rows = rows, Width = width, Half = half };
        cpu.Pool.Run(
            (rows + RowsPerChunk - 1) / RowsPerChunk,
            cpu.InstructionSet switch
            {
                CpuInstructionSet.Vector512 => &Chunk<Lanes512>,
                CpuInstructionSet.Vector256 => &Chunk<Lanes256>,
                _ => &Chunk<Lanes128>,
            },
            &job);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Chunk<T>(void* context, int chunk, int worker)
        where T : unmanaged, ILanes<T>
    {
        ref var job = ref *(Job*)context;
        var half = job.Half;
        var end = Math.Min((chunk + 1) * RowsPerChunk, job.Rows);
        for (var row = chunk * RowsPerChunk; row < end; row++)
        {
            float* cos = job.Cos + ((nint)row * half), sin = job.Sin + ((nint)row * half);
            for (var head = 0; head < job.Width; head += 2 * half)
            {
                var low = job.X + ((nint)row * job.Width) + head;
                var high = low + half;
                for (var i = 0; i < half; i += T.Count)
                {
                    T a = T.Load(low + i), b = T.Load(high + i), c = T.Load(cos + i), s = T.Load(sin + i);
                    LaneMath.Store(T.MultiplySubtract(a, c, b * s), low + i, half - i);
                    LaneMath.Store(T.MultiplyAdd(b, c, a * s), high + i, half - i);
                }
            }
        }
    }

    private struct Job
    {
        public float* X;
        public float* Cos;
        public float* Sin;
        public int Rows;
        public int Width;
        public int Half;
    }
}
