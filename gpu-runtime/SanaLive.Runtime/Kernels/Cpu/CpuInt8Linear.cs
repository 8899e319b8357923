using System.Runtime.CompilerServices;

namespace SanaLive.Runtime.Kernels.Cpu;

/// <summary>
/// <see cref="CpuLinear"/> in 8-bit numbers: a chunk turns its rows into bytes, each in steps of a 127th of its own largest, and
/// multiplies them while they are in the first-level cache. A row with something that is not a finite number gives NaN.
/// </summary>
internal static unsafe class CpuInt8Linear
{
    private const int RowsPerBlock = 48;

    // Two panels share one pass through the epilogue.
    private const int PanelsPerStore = GemmTile.AccumulatorStride / CpuInt8Weights.PanelWidth;

    /// <remarks>x is [rows, K], y [rows, M]; they must not overlap.</remarks>
    public static void Run(CpuKernels cpu, float* x, int rows, CpuInt8Weights weights, float* y, in GemmEpilogue epilogue)
    {
        var stride = (weights.Inputs + 15) & ~15;
        nint perWorker = RowsPerBlock * ((stride / sizeof(float)) + 1);
        var job = new Job
        {
            X = x,
            Rows = rows,
            Inputs = weights.Inputs,
            Outputs = weights.Outputs,
            Panels = weights.Panels,
            Weights = weights.Panel(0),
            Starts = weights.Starts,
            Scales = weights.Scales,
            Quads = weights.Quads,
            Stride = stride,
            Scratch = cpu.Scratch(cpu.ThreadCount * perWorker),
            PerWorker = perWorker,
            Y = y,
            Epilogue = epilogue,
            RowBlocks = (rows + RowsPerBlock - 1) / RowsPerBlock,
        };
        // Few rows: the panels are shared out as well.
        var wanted = cpu.ThreadCount == 1 ? 1 : 4 * cpu.ThreadCount;
        var stores = (job.Panels + PanelsPerStore - 1) / PanelsPerStore;
        var blocks = Math.Clamp((wanted + job.RowBlocks - 1) / Math.Max(job.RowBlocks, 1), 1, stores);
        job.PanelsPerBlock = PanelsPerStore * ((stores + blocks - 1) / blocks);
        cpu.Pool.Run(job.RowBlocks * ((job.Panels + job.PanelsPerBlock - 1) / job.PanelsPerBlock), Body(cpu), &job);
    }

    private static delegate*<void*, int, int, void> Body(CpuKernels cpu) => (cpu.InstructionSet, cpu.ByteProducts) switch
    {
        (CpuInstructionSet.Vector512, CpuByteProducts.Vnni) => &Chunk<Lanes512, ByteLanesVnni>,
        (CpuInstructionSet.Vector512, _) => &Chunk<Lanes512, ByteLanes256>,
        (CpuInstructionSet.Vector256, CpuByteProducts.Vnni) => &Chunk<Lanes256, ByteLanesVnni>,
        (CpuInstructionSet.Vector256, _) => &Chunk<Lanes256, ByteLanes256>,
        _ => &Chunk<Lanes128, ByteLanes128>,
    };

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private static void Chunk<T, TBytes>(void* context, int chunk, int worker)
        where T : unmanaged, ILanes<T>
        where TBytes : unmanaged, IByteLanes<TBytes>
    {
        ref var job = ref *(Job*)context;
        var sums = stackalloc float[RowsPerBlock * GemmTile.AccumulatorStride];
        var bytes = (byte*)(job.Scratch + (worker * job.PerWorker));
        var rowScales = (float*)(bytes + (RowsPerBlock * (nint)job.Stride));
        var first = chunk % job.RowBlocks * RowsPerBlock;
        var count = Math.Min(RowsPerBlock, job.Rows - first);
        for (var r = 0; r < count; r++)
            rowScales[r] = Quantize<T>(job.X + ((nint)(first + r) * job.Inputs), job.Inputs, bytes + (r * (nint)job.Stride));

        var panel = chunk / job.RowBlocks * job.PanelsPerBlock;
        var end = Math.Min(panel + job.PanelsPerBlock, job.Panels);
        for (; panel < end; panel += PanelsPerStore)
        {
            var column = panel * CpuInt8Weights.PanelWidth;
            var columns = Math.Min(GemmTile.AccumulatorStride, job.Outputs - column);
            for (var p = panel; p < Math.Min(panel + PanelsPerStore, end); p++)
            {
                var at = p * CpuInt8Weights.PanelWidth;
                for (var r = 0; r < count; r += 6)
                {
                    if (p == panel)
                        GemmEpilogue.Prefetch(Math.Min(6, count - r), first + r, 1, column, columns, job.Y, job.Outputs);
                    for (var c = 0; c < CpuInt8Weights.PanelWidth; c += 2 * TBytes.Count)
                    {
                        Tile<TBytes>(
                            bytes + (r * (nint)job.Stride), job.Stride, job.Weights + ((nint)p * job.Quads * 4 * CpuInt8Weights.PanelWidth) + (4 * c),
                            job.Quads, job.Starts + at + c, job.Scales + at + c, rowScales + r,
                            sums + (r * GemmTile.AccumulatorStride) + (at - column) + c);
                    }
                }
            }

            job.Epilogue.Store<T>(sums, count, first, 1, column, columns, job.Y, job.Outputs);
        }
    }

    /// <summary>One row as bytes about 128, filled up with zeros (that is 128) to a multiple of 16; gives its step.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Quantize<T>(float* x, int count, byte* to)
        where T : unmanaged, ILanes<T>
    {
        var (most, notFinite) = (T.Zero, T.Zero);
        for (var i = 0; i < count; i += T.Count)
        {
            var v = LaneMath.Load<T>(x + i, count - i);
            most = T.Max(most, T.Max(v, T.Zero - v));
            // Zero for every number; NaN for what is none, which the largest may hide.
            notFinite = T.MultiplyAdd(v, T.Zero, notFinite);
        }

        var largest = T.MaxLane(most);
        // Below that the steps are no normal numbers any more: such a row counts as zero.
        var factor = largest > 1e-30f ? T.Splat(127f / largest) : T.Zero;
        var middle = T.Splat(128.5f);
        for (var i = 0; i < count; i += T.Count)
            T.StoreBytes(T.MultiplyAdd(LaneMath.Load<T>(x + i, count - i), factor, middle), to + i);
        return (largest / 127f) + T.Sum(notFinite);
    }

    /// <summary>
    /// Six rows by two vectors, as many as 16 registers hold. Rows past the last one are multiplied too (their bytes are anything) and
    /// not stored later.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile<T>(byte* x, nint row, sbyte* w, int quads, int* starts, float* scales, float* rowScales, float* sums)
        where T : unmanaged, IByteLanes<T>
    {
        T c0a = T.LoadSums(starts), c0b = T.LoadSums(starts + T.Count);
        T c1a = c0a, c1b = c0b;
        T c2a = c0a, c2b = c0b;
        T c3a = c0a, c3b = c0b;
        T c4a = c0a, c4b = c0b;
        T c5a = c0a, c5b = c0b;
        var a1 = x + (3 * row);
        for (; quads > 0; quads--)
        {
            var w0 = T.LoadWeights(w);
            var w1 = T.LoadWeights(w + (4 * T.Count));
            var v = T.SplatInputs(x);
            c0a = T.MultiplyAdd(c0a, v, w0);
            c0b = T.MultiplyAdd(c0b, v, w1);
            v = T.SplatInputs(x + row);
            c1a = T.MultiplyAdd(c1a, v, w0);
            c1b = T.MultiplyAdd(c1b, v, w1);
            v = T.SplatInputs(x + (2 * row));
            c2a = T.MultiplyAdd(c2a, v, w0);
            c2b = T.MultiplyAdd(c2b, v, w1);
            v = T.SplatInputs(a1);
            c3a = T.MultiplyAdd(c3a, v, w0);
            c3b = T.MultiplyAdd(c3b, v, w1);
            v = T.SplatInputs(a1 + row);
            c4a = T.MultiplyAdd(c4a, v, w0);
            c4b = T.MultiplyAdd(c4b, v, w1);
            v = T.SplatInputs(a1 + (2 * row));
            c5a = T.MultiplyAdd(c5a, v, w0);
            c5b = T.MultiplyAdd(c5b, v, w1);
            x += 4;
            a1 += 4;
            w += 4 * CpuInt8Weights.PanelWidth;
        }

        Store(c0a, c0b, scales, rowScales[0], sums);
        Store(c1a, c1b, scales, rowScales[1], sums + GemmTile.AccumulatorStride);
        Store(c2a, c2b, scales, rowScales[2], sums + (2 * GemmTile.AccumulatorStride));
        Store(c3a, c3b, scales, rowScales[3], sums + (3 * GemmTile.AccumulatorStride));
        Store(c4a, c4b, scales, rowScales[4], sums + (4 * GemmTile.AccumulatorStride));
        Store(c5a, c5b, scales, rowScales[5], sums + (5 * GemmTile.AccumulatorStride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<T>(T a, T b, float* scales, float rowScale, float* to)
        where T : unmanaged, IByteLanes<T>
    {
        T.Store(a, scales, rowScale, to);
        T.Store(b, scales + T.Count, rowScale, to + T.Count);
    }

    private struct Job
    {
        public float* X;
        public float* Y;
        public sbyte* Weights;
        public int* Starts;
        public float* Scales;
        public float* Scratch;
        public nint PerWorker;
        public GemmEpilogue Epilogue;
        public int Rows;
        public int Inputs;
        public int Outputs;
        public int Panels;
        public int PanelsPerBlock;
        public int RowBlocks;
        public int Quads;
        public int Stride;
    }
}
