using System.Runtime.CompilerServices;

namespace SanaLive.Runtime.Kernels.Cpu;

/// <summary>Norms over the rows of x[rows, width]. y may be x.</summary>
internal static unsafe class CpuNorms
{
    private const int RowsPerChunk = 16;

    /// <summary>y = (x - mean) / sqrt(variance + eps) * (1 + scale) + shift; scale and shift are [groups, stride], width of each used.</summary>
    public static void Modulate(CpuKernels cpu, float* x, int rows, int width, RowVectors shift, RowVectors scale, float eps, float* y)
    {
        var job = new Job { X = x, Y = y, Rows = rows, Width = width, Eps = eps, Shift = shift, Scale = scale };
        cpu.Pool.Run(
            Chunks(rows),
            cpu.InstructionSet switch
            {
                CpuInstructionSet.Vector512 => &ModulateChunk<Lanes512>,
                CpuInstructionSet.Vector256 => &ModulateChunk<Lanes256>,
                _ => &ModulateChunk<Lanes128>,
            },
            &job);
    }

    /// <summary>y = x / sqrt(mean(x^2) + eps) * weight, then max(0, y) if asked; weight is [width].</summary>
    public static void Rms(CpuKernels cpu, float* x, int rows, int width, float* weight, float eps, bool relu, float* y)
    {
        var job = new Job { X = x, Y = y, Rows = rows, Width = width, Eps = eps, Weight = weight, Relu = relu };
        cpu.Pool.Run(
            Chunks(rows),
            cpu.InstructionSet switch
            {
                CpuInstructionSet.Vector512 => &RmsChunk<Lanes512>,
                CpuInstructionSet.Vector256 => &RmsChunk<Lanes256>,
                _ => &RmsChunk<Lanes128>,
            },
            &job);
    }

    private static int Chunks(int rows) => (rows + RowsPerChunk - 1) / RowsPerChunk;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ModulateChunk<T>(void* context, int chunk, int worker)
        where T : unmanaged, ILanes<T>
    {
        ref var job = ref *(Job*)context;
        var width = job.Width;
        var whole = width - (width % T.Count);
        var end = Math.Min((chunk + 1) * RowsPerChunk, job.Rows);
        for (var row = chunk * RowsPerChunk; row < end; row++)
        {
            var from = job.X + ((nint)row * width);
            var to = job.Y + ((nint)row * width);
            var sums = T.Zero;
            for (var i = 0; i < whole; i += T.Count)
                sums += T.Load(from + i);
            var sum = T.Sum(sums);
            for (var i = whole; i < width; i++)
                sum += from[i];
            var mean = sum / width;

            var means = T.Splat(mean);
            var squares = T.Zero;
            for (var i = 0; i < whole; i += T.Count)
            {
                var d = T.Load(from + i) - means;
                squares = T.MultiplyAdd(d, d, squares);
            }
            var square = T.Sum(squares);
            for (var i = whole; i < width; i++)
                square += (from[i] - mean) * (from[i] - mean);

            var factor = T.Splat(1f / MathF.Sqrt((square / width) + job.Eps));
            var one = T.Splat(1f);
            float* shift = job.Shift[row], scale = job.Scale[row];
            for (var i = 0; i < width; i += T.Count)
            {
                var v = (T.Load(from + i) - means) * factor;
                LaneMath.Store(T.MultiplyAdd(v, one + T.Load(scale + i), T.Load(shift + i)), to + i, width - i);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RmsChunk<T>(void* context, int chunk, int worker)
        where T : unmanaged, ILanes<T>
    {
        ref var job = ref *(Job*)context;
        var width = job.Width;
        var whole = width - (width % T.Count);
        var end = Math.Min((chunk + 1) * RowsPerChunk, job.Rows);
        for (var row = chunk * RowsPerChunk; row < end; row++)
        {
            var from = job.X + ((nint)row * width);
            var to = job.Y + ((nint)row * width);
            var squares = T.Zero;
            for (var i = 0; i < whole; i += T.Count)
            {
                var v = T.Load(from + i);
                squares = T.MultiplyAdd(v, v, squares);
            }
            var square = T.Sum(squares);
            for (var i = whole; i < width; i++)
                square += from[i] * from[i];

            var factor = T.Splat(1f / MathF.Sqrt((square / width) + job.Eps));
            for (var i = 0; i < width; i += T.Count)
            {
                var v = T.Load(from + i) * factor * T.Load(job.Weight + i);
                LaneMath.Store(job.Relu ? T.Max(T.Zero, v) : v, to + i, width - i);
            }
        }
    }

    private struct Job
    {
        public float* X;
        public float* Y;
        public float* Weight;
        public RowVectors Shift;
        public RowVectors Scale;
        public int Rows;
        public int Width;
        public float Eps;
        public bool Relu;
    }
}
