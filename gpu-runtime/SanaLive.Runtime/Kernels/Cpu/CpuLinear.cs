using System.Runtime.CompilerServices;

namespace SanaLive.Runtime.Kernels.Cpu;

/// <summary>y[N, M] = epilogue(x[N, K] W^T), W as PyTorch has it: [M, K]. A 1x1 convolution over NHWC is the same thing.</summary>
internal static unsafe class CpuLinear
{
    // Rows that share a pass over the weights: four tall tiles stay in the first-level cache beside one panel.
    private const int RowsPerBlock = 4 * GemmTile.MaxRows;

    /// <summary>Packs [outputs, inputs].</summary>
    public static CpuWeights Pack(ReadOnlySpan<float> weights, int outputs, int inputs, ReadOnlySpan<float> bias) =>
        new(outputs, inputs, 1, 1, bias, weights);

    /// <summary>Packs [outputs, inputs] of bf16.</summary>
    public static CpuWeights Pack(ReadOnlySpan<ushort> weights, int outputs, int inputs, ReadOnlySpan<float> bias) =>
        new(outputs, inputs, 1, 1, bias, weights);

    /// <remarks>x is [rows, K], y [rows, M]; they must not overlap.</remarks>
    public static void Run(CpuKernels cpu, float* x, int rows, CpuWeights weights, float* y, in GemmEpilogue epilogue)
    {
        var job = new Job
        {
            X = x,
            Rows = rows,
            K = weights.K,
            Outputs = weights.Outputs,
            Weights = weights.Open(cpu),
            Y = y,
            Epilogue = epilogue,
        };
        job.RowsPerBlock = job.Weights.RowsPerBlock(weights.K, RowsPerBlock);
        job.RowBlocks = (rows + job.RowsPerBlock - 1) / job.RowsPerBlock;
        // Few rows (text, timesteps): the panels are shared out as well.
        var wanted = cpu.ThreadCount == 1 ? 1 : 4 * cpu.ThreadCount;
        var panelBlocks = Math.Clamp((wanted + job.RowBlocks - 1) / Math.Max(job.RowBlocks, 1), 1, weights.Panels);
        job.PanelsPerBlock = (weights.Panels + panelBlocks - 1) / panelBlocks;
        job.Panels = weights.Panels;
        panelBlocks = (weights.Panels + job.PanelsPerBlock - 1) / job.PanelsPerBlock;
        cpu.Pool.Run(
            job.RowBlocks * panelBlocks,
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
        var x = job.X;
        var g = new GemmOperands
        {
            A = &x,
            Segments = 1,
            K = job.K,
            ARow = job.K,
            AStep = 1,
            WStep = CpuWeights.PanelWidth,
        };
        var firstRow = chunk % job.RowBlocks * job.RowsPerBlock;
        var endRow = Math.Min(firstRow + job.RowsPerBlock, job.Rows);
        var firstPanel = chunk / job.RowBlocks * job.PanelsPerBlock;
        var endPanel = Math.Min(firstPanel + job.PanelsPerBlock, job.Panels);
        for (var panel = firstPanel; panel < endPanel; panel++)
        {
            g.W = job.Weights.Panel<T>(panel, worker);
            var column = panel * CpuWeights.PanelWidth;
            var columns = Math.Min(CpuWeights.PanelWidth, job.Outputs - column);
            for (var row = firstRow; row < endRow;)
            {
                var height = GemmTile.Height<T>(endRow - row);
                GemmEpilogue.Prefetch(height, row, 1, column, columns, job.Y, job.Outputs);
                GemmTile.Run<T>(g, (nint)row * job.K, height, columns, acc);
                job.Epilogue.Store<T>(acc, height, row, 1, column, columns, job.Y, job.Outputs);
                row += height;
            }
        }
    }

    private struct Job
    {
        public float* X;
        public float* Y;
        public CpuPanels Weights;
        public GemmEpilogue Epilogue;
        public int Rows;
        public int RowsPerBlock;
        public int K;
        public int Outputs;
        public int RowBlocks;
        public int Panels;
        public int PanelsPerBlock;
    }
}
