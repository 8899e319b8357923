using System.Runtime.CompilerServices;

namespace SanaLive.Runtime.Kernels.Cpu;

/// <summary>
/// The residual temporal convolution of the Mix-FFN: y[f] = epilogue(x[f] + W0 x[f-1] + W1 x[f] + W2 x[f+1]) over frames [F, hw, C]. The frame
/// before the first is the tail that the state carries, or zero; the frame after the last is zero.
/// </summary>
internal static unsafe class CpuTemporalMix
{
    private const int RowsPerBlock = 4 * GemmTile.MaxRows;

    /// <summary>Packs [outputs, inputs, 3] (PyTorch's conv2d weight [C, C, 3, 1] without its last dimension).</summary>
    public static CpuWeights Pack(ReadOnlySpan<float> weights, int outputs, int inputs, ReadOnlySpan<float> bias) =>
        new(outputs, inputs, 3, 3, bias, weights);

    /// <summary>As the other, of bf16.</summary>
    public static CpuWeights Pack(ReadOnlySpan<ushort> weights, int outputs, int inputs, ReadOnlySpan<float> bias) =>
        new(outputs, inputs, 3, 3, bias, weights);

    /// <remarks>x and y are [frames, pixels, C] and must not overlap; the tail is [pixels, C], or null for zero.</remarks>
    public static void Run(CpuKernels cpu, float* x, float* tail, int frames, int pixels, CpuWeights weights, float* y, in GemmEpilogue epilogue)
    {
        var panels = weights.Open(cpu);
        var rowsPerBlock = panels.RowsPerBlock(3 * weights.Outputs, RowsPerBlock);
        var job = new Job
        {
            X = x,
            Tail = tail,
            Y = y,
            Weights = panels,
            RowsPerBlock = rowsPerBlock,
            Epilogue = epilogue,
            Frames = frames,
            Pixels = pixels,
            Channels = weights.Outputs,
            Panels = weights.Panels,
            Blocks = (pixels + rowsPerBlock - 1) / rowsPerBlock,
        };
        job.Epilogue.Skip = x;
        cpu.Pool.Run(
            frames * job.Blocks,
            cpu.InstructionSet switch
            {
                CpuInstructionSet.Vector512 => &Chunk<Lanes512>,
                CpuInstructionSet.Vector256 => &Chunk<Lanes256>,
                _ => &Chunk<Lanes128>,
            },
            &job);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private static void Chunk<T>(void* context, int chunk, int worker)
        where T : unmanaged, ILanes<T>
    {
        ref var job = ref *(Job*)context;
        var acc = stackalloc float[GemmTile.MaxRows * GemmTile.AccumulatorStride];
        var sources = stackalloc float*[3];
        nint channels = job.Channels, frameSize = job.Pixels * channels;
        var frame = chunk / job.Blocks;
        var x = job.X + (frame * frameSize);
        var seen = 0;
        var before = frame > 0 ? x - frameSize : job.Tail;
        if (before != null)
            sources[seen++] = before;
        sources[seen++] = x;
        if (frame + 1 < job.Frames)
            sources[seen++] = x + frameSize;

        var segment = channels * CpuWeights.PanelWidth;
        var g = new GemmOperands
        {
            A = sources,
            Segments = seen,
            K = job.Channels,
            ARow = channels,
            AStep = 1,
            WStep = CpuWeights.PanelWidth,
            WSegment = segment,
        };
        var firstRow = frame * job.Pixels;
        var first = chunk % job.Blocks * job.RowsPerBlock;
        var end = Math.Min(first + job.RowsPerBlock, job.Pixels);
        for (var panel = 0; panel < job.Panels; panel++)
        {
            g.W = job.Weights.Panel<T>(panel, worker) + (before == null ? segment : 0);
            var column = panel * CpuWeights.PanelWidth;
            var columns = Math.Min(CpuWeights.PanelWidth, job.Channels - column);
            for (var row = first; row < end;)
            {
                var height = GemmTile.Height<T>(end - row);
                GemmEpilogue.Prefetch(height, firstRow + row, 1, column, columns, job.Y, job.Channels);
                GemmTile.Run<T>(g, row * channels, height, columns, acc);
                job.Epilogue.Store<T>(acc, height, firstRow + row, 1, column, columns, job.Y, job.Channels);
                row += height;
            }
        }
    }

    private struct Job
    {
        public float* X;
        public float* Tail;
        public float* Y;
        public CpuPanels Weights;
        public GemmEpilogue Epilogue;
        public int Frames;
        public int Pixels;
        public int Channels;
        public int Panels;
        public int Blocks;
        public int RowsPerBlock;
    }
}
