using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace SanaLive.Runtime.Kernels.Cpu;

/// <summary>
/// y[F, h, w, M] = epilogue(conv(x[F, h, w, C])), 3x3, padding 1, stride 1, channels last. Nothing is copied or padded: the three pixels
/// of an image row that one output sees are one run of 3C floats, so an inner pixel is three segments of a matrix product; the first
/// and the last column see a run of 2C, and the first and the last row one segment less. Mirrored, a border pixel is nine segments of C.
/// </summary>
internal static unsafe class CpuConv3x3
{
    // Rows of pixels in one chunk: the halo is read again by the next chunk, so more are better, as long as every thread has some.
    private const int MaxRowsPerChunk = 16;

    /// <summary>Packs [outputs, channels, 3, 3].</summary>
    public static CpuWeights Pack(ReadOnlySpan<float> weights, int outputs, int channels, ReadOnlySpan<float> bias, Padding padding) =>
        new(outputs, channels, 9, 3, bias, weights) { Padding = padding };

    /// <remarks>x is [frames, height, width, C], y [frames, height, width, M]; they must not overlap.</remarks>
    public static void Run(
        CpuKernels cpu, float* x, int frames, int height, int width, CpuWeights weights, float* y, in GemmEpilogue epilogue)
    {
        var job = new Job
        {
            X = x,
            Y = y,
            Weights = weights.Panel(0),
            Epilogue = epilogue,
            Height = height,
            Width = width,
            Channels = weights.Inputs,
            Outputs = weights.Outputs,
            Panels = weights.Panels,
            Mirrored = weights.Padding == Padding.Reflect,
        };
        var fair = (height * frames) / (cpu.ThreadCount == 1 ? 1 : 4 * cpu.ThreadCount);
        job.RowsPerChunk = Math.Clamp(fair, 1, Math.Min(MaxRowsPerChunk, height));
        job.ChunksPerFrame = (height + job.RowsPerChunk - 1) / job.RowsPerChunk;
        cpu.Pool.Run(
            frames * job.ChunksPerFrame,
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
        var frame = chunk / job.ChunksPerFrame;
        var first = chunk % job.ChunksPerFrame * job.RowsPerChunk;
        var end = Math.Min(first + job.RowsPerChunk, job.Height);
        for (var panel = 0; panel < job.Panels; panel++)
        {
            for (var row = first; row < end; row++)
            {
                if (job.Width > 2)
                    Run<T>(job, frame, panel, row, 1, 1, job.Width - 2, 1);
                if (row == 0 || row == job.Height - 1)
                    Edges<T>(job, frame, panel, row, 1);
            }
            // The inner pixels of the first and the last column, a column of them as the rows of a product.
            var (top, bottom) = (Math.Max(first, 1), Math.Min(end, job.Height - 1));
            if (bottom > top)
                Edges<T>(job, frame, panel, top, bottom - top);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Edges<T>(in Job job, int frame, int panel, int row, int count)
        where T : unmanaged, ILanes<T>
    {
        Run<T>(job, frame, panel, row, 0, count, 1, job.Width);
        if (job.Width > 1)
            Run<T>(job, frame, panel, row, job.Width - 1, count, 1, job.Width);
    }

    /// <summary>
    /// One run of pixels that all see the same taps: <paramref name="across"/> pixels of a row, or <paramref name="down"/> pixels of the
    /// first or last column.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private static void Run<T>(in Job job, int frame, int panel, int row, int column, int down, int across, int pixelStep)
        where T : unmanaged, ILanes<T>
    {
        var acc = stackalloc float[GemmTile.MaxRows * GemmTile.AccumulatorStride];
        var sources = stackalloc float*[9];
        nint channels = job.Channels, line = job.Width * channels;
        var (above, below) = (row > 0 ? 1 : 0, row + down < job.Height ? 1 : 0);
        var (left, right) = (column > 0 ? 1 : 0, column + across < job.Width ? 1 : 0);
        var pixel = (((frame * job.Height) + row) * job.Width) + column;
        var segments = 0;
        var segment = 3 * channels * CpuWeights.PanelWidth;
        var g = new GemmOperands
        {
            A = sources,
            ARow = pixelStep * channels,
            AStep = 1,
            WStep = CpuWeights.PanelWidth,
        };
        if (job.Mirrored && above + below + left + right < 4)
        {
            for (var tap = 0; tap < 9; tap++)
            {
                var (y, x) = (Mirror(row + (tap / 3) - 1, job.Height), Mirror(column + (tap % 3) - 1, job.Width));
                sources[segments++] = job.X + ((((((nint)frame * job.Height) + y) * job.Width) + x) * channels);
            }
            g.K = job.Channels;
            g.W = job.Weights + (panel * 3 * segment);
            g.WSegment = segment / 3;
        }
        else
        {
            for (var dy = -above; dy <= below; dy++)
                sources[segments++] = job.X + ((pixel - left) * channels) + (dy * line);
            g.K = (1 + left + right) * job.Channels;
            g.W = job.Weights + (panel * 3 * segment) + ((1 - above) * segment) + ((1 - left) * channels * CpuWeights.PanelWidth);
            g.WSegment = segment;
        }
        g.Segments = segments;
        var outputColumn = panel * CpuWeights.PanelWidth;
        var columns = Math.Min(CpuWeights.PanelWidth, job.Outputs - outputColumn);
        var count = down * across;
        // Frames are larger than the second-level cache: ask for the row after the next one while this one is computed.
        var ahead = panel == 0 && segments <= 3 && pixelStep == 1 && row + 2 < job.Height ? sources[segments - 1] + line : null;
        for (var done = 0; done < count;)
        {
            var height = GemmTile.Height<T>(count - done);
            if (ahead != null)
                Prefetch(ahead + (done * channels), height * channels);
            GemmEpilogue.Prefetch(height, pixel + (done * pixelStep), pixelStep, outputColumn, columns, job.Y, job.Outputs);
            GemmTile.Run<T>(g, done * g.ARow, height, columns, acc);
            job.Epilogue.Store<T>(acc, height, pixel + (done * pixelStep), pixelStep, outputColumn, columns, job.Y, job.Outputs);
            done += height;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(float* from, nint count)
    {
        if (!Sse.IsSupported)
            return;
        for (nint i = 0; i < count; i += 16)
            Sse.Prefetch1(from + i);
    }

    /// <summary>-1 is 1, and size is size - 2. Within a run of many pixels all of them see the mirrored rows or columns alike.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Mirror(int at, int size) => at < 0 ? -at : at < size ? at : (2 * size) - 2 - at;

    private struct Job
    {
        public float* X;
        public float* Y;
        public float* Weights;
        public GemmEpilogue Epilogue;
        public int Height;
        public int Width;
        public int Channels;
        public int Outputs;
        public int Panels;
        public int RowsPerChunk;
        public int ChunksPerFrame;
        public bool Mirrored;
    }
}
