using System.Runtime.CompilerServices;

namespace SanaLive.Runtime.Kernels.Cpu;

/// <summary>Element by element, and moves between space and channels.</summary>
internal static unsafe class CpuElementwise
{
    // 32 KiB of input: large enough to be worth a claim.
    private const int FloatsPerChunk = 8192;

    /// <summary>y = activation(x); y may be x.</summary>
    public static void Activate(CpuKernels cpu, float* x, nint count, Activation activation, float* y)
    {
        var job = new Job { X = x, Y = y, Count = count, Activation = activation };
        cpu.Pool.Run(
            Chunks(count),
            cpu.InstructionSet switch
            {
                CpuInstructionSet.Vector512 => &ActivateChunk<Lanes512>,
                CpuInstructionSet.Vector256 => &ActivateChunk<Lanes256>,
                _ => &ActivateChunk<Lanes128>,
            },
            &job);
    }

    /// <summary>y += scale * x.</summary>
    public static void Add(CpuKernels cpu, float* x, nint count, float scale, float* y)
    {
        var job = new Job { X = x, Y = y, Count = count, Factor = scale };
        cpu.Pool.Run(
            Chunks(count),
            cpu.InstructionSet switch
            {
                CpuInstructionSet.Vector512 => &AddChunk<Lanes512>,
                CpuInstructionSet.Vector256 => &AddChunk<Lanes256>,
                _ => &AddChunk<Lanes128>,
            },
            &job);
    }

    /// <summary>y *= factor.</summary>
    public static void Scale(CpuKernels cpu, float* y, nint count, float factor)
    {
        var job = new Job { Y = y, Count = count, Factor = factor };
        cpu.Pool.Run(
            Chunks(count),
            cpu.InstructionSet switch
            {
                CpuInstructionSet.Vector512 => &ScaleChunk<Lanes512>,
                CpuInstructionSet.Vector256 => &ScaleChunk<Lanes256>,
                _ => &ScaleChunk<Lanes128>,
            },
            &job);
    }

    /// <summary>bytes = round(x * scale + offset), held within 0 to 255.</summary>
    public static void ToBytes(CpuKernels cpu, float* x, nint count, float scale, float offset, byte* bytes)
    {
        var job = new Job { X = x, Bytes = bytes, Count = count, Factor = scale, Offset = offset };
        cpu.Pool.Run(
            Chunks(count),
            cpu.InstructionSet switch
            {
                CpuInstructionSet.Vector512 => &ToBytesChunk<Lanes512>,
                CpuInstructionSet.Vector256 => &ToBytesChunk<Lanes256>,
                _ => &ToBytesChunk<Lanes128>,
            },
            &job);
    }

    /// <summary>
    /// Between fine [frames, height, width, c] and coarse [frames, height / factor, width / factor, factor, factor, c].
    /// </summary>
    public static void MoveSpace(CpuKernels cpu, float* x, int frames, int height, int width, int factor, int channels, bool toDepth, float* y)
    {
        var job = new Space { X = x, Y = y, Height = height, Width = width, Factor = factor, Channels = channels, ToDepth = toDepth };
        cpu.Pool.Run(frames * height, &MoveSpaceChunk, &job);
    }

    private static int Chunks(nint count) => checked((int)((count + FloatsPerChunk - 1) / FloatsPerChunk));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ActivateChunk<T>(void* context, int chunk, int worker)
        where T : unmanaged, ILanes<T>
    {
        ref var job = ref *(Job*)context;
        var first = (nint)chunk * FloatsPerChunk;
        var count = (int)Math.Min(FloatsPerChunk, job.Count - first);
        float* x = job.X + first, y = job.Y + first;
        for (var i = 0; i < count; i += T.Count)
            LaneMath.Store(LaneMath.Apply(job.Activation, T.Load(x + i)), y + i, count - i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddChunk<T>(void* context, int chunk, int worker)
        where T : unmanaged, ILanes<T>
    {
        ref var job = ref *(Job*)context;
        var first = (nint)chunk * FloatsPerChunk;
        var count = (int)Math.Min(FloatsPerChunk, job.Count - first);
        float* x = job.X + first, y = job.Y + first;
        var factor = T.Splat(job.Factor);
        for (var i = 0; i < count; i += T.Count)
            LaneMath.Store(T.MultiplyAdd(factor, T.Load(x + i), T.Load(y + i)), y + i, count - i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ScaleChunk<T>(void* context, int chunk, int worker)
        where T : unmanaged, ILanes<T>
    {
        ref var job = ref *(Job*)context;
        var first = (nint)chunk * FloatsPerChunk;
        var count = (int)Math.Min(FloatsPerChunk, job.Count - first);
        var y = job.Y + first;
        var factor = T.Splat(job.Factor);
        for (var i = 0; i < count; i += T.Count)
            LaneMath.Store(factor * T.Load(y + i), y + i, count - i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ToBytesChunk<T>(void* context, int chunk, int worker)
        where T : unmanaged, ILanes<T>
    {
        ref var job = ref *(Job*)context;
        var first = (nint)chunk * FloatsPerChunk;
        var count = (int)Math.Min(FloatsPerChunk, job.Count - first);
        var x = job.X + first;
        var bytes = job.Bytes + first;
        var (factor, offset, most) = (T.Splat(job.Factor), T.Splat(job.Offset + 0.5f), T.Splat(255f));
        var last = stackalloc byte[16];
        for (var i = 0; i < count; i += T.Count)
        {
            // Zero comes second: what is not a number becomes black.
            var v = T.Min(T.Max(T.MultiplyAdd(T.Load(x + i), factor, offset), T.Zero), most);
            if (count - i >= T.Count)
            {
                T.StoreBytes(v, bytes + i);
                continue;
            }
            T.StoreBytes(v, last);
            for (var j = 0; j < count - i; j++)
                bytes[i + j] = last[j];
        }
    }

    /// <summary>One fine row of pixels: runs of factor * c floats are contiguous on both sides.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MoveSpaceChunk(void* context, int row, int worker)
    {
        ref var job = ref *(Space*)context;
        var (frame, py) = (row / job.Height, row % job.Height);
        nint run = (nint)job.Factor * job.Channels;
        var fine = (nint)row * job.Width * job.Channels;
        var coarseRow = (frame * (job.Height / job.Factor)) + (py / job.Factor);
        var coarse = (((nint)coarseRow * (job.Width / job.Factor) * job.Factor) + (py % job.Factor)) * run;
        for (var i = 0; i < job.Width / job.Factor; i++, fine += run, coarse += job.Factor * run)
        {
            var (from, to) = job.ToDepth ? (fine, coarse) : (coarse, fine);
            Buffer.MemoryCopy(job.X + from, job.Y + to, run * sizeof(float), run * sizeof(float));
        }
    }

    private struct Job
    {
        public float* X;
        public float* Y;
        public byte* Bytes;
        public nint Count;
        public Activation Activation;
        public float Factor;
        public float Offset;
    }

    private struct Space
    {
        public float* X;
        public float* Y;
        public int Height;
        public int Width;
        public int Factor;
        public int Channels;
        public bool ToDepth;
    }
}
