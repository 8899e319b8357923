using System.Runtime.CompilerServices;

namespace SanaLive.Runtime.Kernels.Cpu;

/// <summary>
/// The 3x3 convolution of <see cref="CpuConv3x3"/> with 2.25 times fewer multiplications, by Winograd's F(2x2, 3x3): squares of 4x4
/// pixels that overlap by two are transformed (additions only), multiplied position by position with transformed weights, sixteen
/// matrix products in all, and transformed back to squares of 2x2. Rounding is about twice that of the plain sum.
/// Lavin and Gray, Fast Algorithms for Convolutional Neural Networks (arXiv 1509.09308).
/// </summary>
internal static unsafe class CpuWinograd
{
    /// <summary>Numbers of a transformed square.</summary>
    public const int Positions = 16;

    // Squares of one chunk: their transforms and products stay in the second-level cache.
    private const int MaxSquares = 48;

    // Squares side by side whose output is stored in one go.
    private const int SquaresPerStore = GemmTile.MaxRows / 2;

    /// <summary>Whether channels fill whole vectors, and are many enough to outweigh the transforms.</summary>
    public static bool Pays(int outputs, int channels) => channels >= 32 && channels % 16 == 0 && outputs >= 32 && outputs % 16 == 0;

    /// <remarks>x is [frames, height, width, C], y [frames, height, width, M]; they must not overlap.</remarks>
    public static void Run(
        CpuKernels cpu, float* x, int frames, int height, int width, CpuWinogradWeights weights, float* y, in GemmEpilogue epilogue)
    {
        var (down, across) = ((height + 1) / 2, (width + 1) / 2);
        var squares = frames * down * across;
        // As many chunks for every thread; a multiple of the tiles' rows in each.
        var rounds = (squares + (cpu.ThreadCount * MaxSquares) - 1) / (cpu.ThreadCount * MaxSquares);
        var perChunk = (squares + (cpu.ThreadCount * rounds) - 1) / (cpu.ThreadCount * rounds);
        perChunk = (perChunk + SquaresPerStore - 1) / SquaresPerStore * SquaresPerStore;
        nint channels = weights.Inputs;
        var perWorker = Positions * perChunk * (channels + CpuWeights.PanelWidth);
        var scratch = cpu.Scratch(channels + (cpu.ThreadCount * perWorker));
        new Span<float>(scratch, weights.Inputs).Clear();
        var job = new Job
        {
            X = x,
            Y = y,
            Weights = weights.Panel(0),
            Epilogue = epilogue,
            Zeros = scratch,
            Scratch = scratch + channels,
            PerWorker = perWorker,
            Height = height,
            Width = width,
            Down = down,
            Across = across,
            Squares = squares,
            PerChunk = perChunk,
            Channels = weights.Inputs,
            Outputs = weights.Outputs,
            Panels = weights.Panels,
            Mirrored = weights.Padding == Padding.Reflect,
        };
        cpu.Pool.Run(
            (squares + perChunk - 1) / perChunk,
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
        // Transformed inputs [16, squares, C] and products of one panel [16, squares, 32].
        var inputs = job.Scratch + (worker * job.PerWorker);
        var products = inputs + ((nint)Positions * job.PerChunk * job.Channels);
        var first = chunk * job.PerChunk;
        var count = Math.Min(job.PerChunk, job.Squares - first);
        for (var i = 0; i < count; i++)
            TransformInput<T>(job, first + i, inputs + ((nint)i * job.Channels));

        var g = new GemmOperands { A = &inputs, Segments = 1, K = job.Channels, ARow = job.Channels, AStep = 1, WStep = CpuWeights.PanelWidth };
        for (var panel = 0; panel < job.Panels; panel++)
        {
            var column = panel * CpuWeights.PanelWidth;
            var columns = Math.Min(CpuWeights.PanelWidth, job.Outputs - column);
            for (var p = 0; p < Positions; p++)
            {
                g.W = job.Weights + ((((nint)panel * Positions) + p) * job.Channels * CpuWeights.PanelWidth);
                for (var i = 0; i < count;)
                {
                    var rows = GemmTile.Height<T>(count - i);
                    var at = ((nint)p * job.PerChunk) + i;
                    GemmTile.Run<T>(g, at * job.Channels, rows, columns, products + (at * GemmTile.AccumulatorStride));
                    i += rows;
                }
            }
            for (var i = 0; i < count;)
                i += StoreOutput<T>(job, first + i, count - i, products + ((nint)i * GemmTile.AccumulatorStride), column, columns);
        }
    }

    /// <summary>B^T d B of the 4x4 pixels around one square, for every channel; pixels outside are zero, or mirrored.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private static void TransformInput<T>(in Job job, int square, float* to)
        where T : unmanaged, ILanes<T>
    {
        var pixels = stackalloc float*[Positions];
        var (frame, top, left) = Corner(job, square);
        for (var p = 0; p < Positions; p++)
        {
            var (row, column) = (top - 1 + (p / 4), left - 1 + (p % 4));
            // A square at an odd end reaches two pixels out; what it makes of the second one is not stored.
            if (job.Mirrored)
                (row, column) = (CpuConv3x3.Mirror(row, job.Height), CpuConv3x3.Mirror(column, job.Width));
            pixels[p] = (uint)row < (uint)job.Height && (uint)column < (uint)job.Width
                ? job.X + ((((((nint)frame * job.Height) + row) * job.Width) + column) * job.Channels)
                : job.Zeros;
        }

        nint next = (nint)job.PerChunk * job.Channels;
        for (nint c = 0; c < job.Channels; c += T.Count)
        {
            var v = to + c;
            var d00 = T.Load(pixels[0] + c);
            var d10 = T.Load(pixels[4] + c);
            var d20 = T.Load(pixels[8] + c);
            var d30 = T.Load(pixels[12] + c);
            var d01 = T.Load(pixels[1] + c);
            var d11 = T.Load(pixels[5] + c);
            var d21 = T.Load(pixels[9] + c);
            var d31 = T.Load(pixels[13] + c);
            var d02 = T.Load(pixels[2] + c);
            var d12 = T.Load(pixels[6] + c);
            var d22 = T.Load(pixels[10] + c);
            var d32 = T.Load(pixels[14] + c);
            var d03 = T.Load(pixels[3] + c);
            var d13 = T.Load(pixels[7] + c);
            var d23 = T.Load(pixels[11] + c);
            var d33 = T.Load(pixels[15] + c);
            var (t00, t10, t20, t30) = (d00 - d20, d10 + d20, d20 - d10, d10 - d30);
            var (t01, t11, t21, t31) = (d01 - d21, d11 + d21, d21 - d11, d11 - d31);
            var (t02, t12, t22, t32) = (d02 - d22, d12 + d22, d22 - d12, d12 - d32);
            var (t03, t13, t23, t33) = (d03 - d23, d13 + d23, d23 - d13, d13 - d33);
            T.Store(t00 - t02, v);
            T.Store(t01 + t02, v + next);
            T.Store(t02 - t01, v + (2 * next));
            T.Store(t01 - t03, v + (3 * next));
            T.Store(t10 - t12, v + (4 * next));
            T.Store(t11 + t12, v + (5 * next));
            T.Store(t12 - t11, v + (6 * next));
            T.Store(t11 - t13, v + (7 * next));
            T.Store(t20 - t22, v + (8 * next));
            T.Store(t21 + t22, v + (9 * next));
            T.Store(t22 - t21, v + (10 * next));
            T.Store(t21 - t23, v + (11 * next));
            T.Store(t30 - t32, v + (12 * next));
            T.Store(t31 + t32, v + (13 * next));
            T.Store(t32 - t31, v + (14 * next));
            T.Store(t31 - t33, v + (15 * next));
        }
    }

    /// <summary>A^T m A of some squares side by side, and the epilogue; gives their number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private static int StoreOutput<T>(in Job job, int square, int left, float* products, int column, int columns)
        where T : unmanaged, ILanes<T>
    {
        var upper = stackalloc float[GemmTile.MaxRows * GemmTile.AccumulatorStride];
        var lower = stackalloc float[GemmTile.MaxRows * GemmTile.AccumulatorStride];
        var run = Math.Min(Math.Min(SquaresPerStore, left), job.Across - (square % job.Across));
        var next = (nint)job.PerChunk * GemmTile.AccumulatorStride;
        for (var i = 0; i < run; i++)
        {
            for (nint c = 0; c < columns; c += T.Count)
            {
                var m = products + (i * GemmTile.AccumulatorStride) + c;
                var (m10, m20) = (T.Load(m + (4 * next)), T.Load(m + (8 * next)));
                var (a0, b0) = (T.Load(m) + m10 + m20, m10 - m20 - T.Load(m + (12 * next)));
                var (m11, m21) = (T.Load(m + (5 * next)), T.Load(m + (9 * next)));
                var (a1, b1) = (T.Load(m + next) + m11 + m21, m11 - m21 - T.Load(m + (13 * next)));
                var (m12, m22) = (T.Load(m + (6 * next)), T.Load(m + (10 * next)));
                var (a2, b2) = (T.Load(m + (2 * next)) + m12 + m22, m12 - m22 - T.Load(m + (14 * next)));
                var (m13, m23) = (T.Load(m + (7 * next)), T.Load(m + (11 * next)));
                var (a3, b3) = (T.Load(m + (3 * next)) + m13 + m23, m13 - m23 - T.Load(m + (15 * next)));
                var to = (2 * i * GemmTile.AccumulatorStride) + c;
                T.Store(a0 + a1 + a2, upper + to);
                T.Store(a1 - a2 - a3, upper + to + GemmTile.AccumulatorStride);
                T.Store(b0 + b1 + b2, lower + to);
                T.Store(b1 - b2 - b3, lower + to + GemmTile.AccumulatorStride);
            }
        }

        var (frame, top, start) = Corner(job, square);
        var row = (((frame * job.Height) + top) * job.Width) + start;
        var rows = Math.Min(2 * run, job.Width - start);
        job.Epilogue.Store<T>(upper, rows, row, 1, column, columns, job.Y, job.Outputs);
        if (top + 1 < job.Height)
            job.Epilogue.Store<T>(lower, rows, row + job.Width, 1, column, columns, job.Y, job.Outputs);
        return run;
    }

    /// <summary>Frame, row and column of a square's first pixel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (int Frame, int Row, int Column) Corner(in Job job, int square)
    {
        var line = square / job.Across;
        return (line / job.Down, 2 * (line % job.Down), 2 * (square % job.Across));
    }

    private struct Job
    {
        public float* X;
        public float* Y;
        public float* Weights;
        public GemmEpilogue Epilogue;
        public float* Zeros;
        public float* Scratch;
        public nint PerWorker;
        public int Height;
        public int Width;
        public int Down;
        public int Across;
        public int Squares;
        public int PerChunk;
        public int Channels;
        public int Outputs;
        public int Panels;
        public bool Mirrored;
    }
}
