using System.Runtime.CompilerServices;

namespace SanaLive.Runtime.Kernels.Cpu;

/// <summary>
/// y[F, h, w, c] = a * silu(b), a and b being the halves of a depthwise 3x3 convolution of x[F, h, w, 2c], padding 1. The eighteen
/// weights of one vector of channels stay in registers for a row of pixels. A pixel at a border multiplies itself by zero weights
/// where its neighbour is missing, so that all pixels run the same code.
/// </summary>
internal static unsafe class CpuDepthwiseGlu
{
    private const int RowsPerChunk = 4;

    public static void Run(CpuKernels cpu, float* x, CpuDepthwiseWeights weights, int frames, int height, int width, float* y)
    {
        var job = new Job
        {
            X = x,
            Y = y,
            Taps = weights.Values,
            Bias = weights.Bias,
            Height = height,
            Width = width,
            Half = weights.Outputs / 2,
            ChunksPerFrame = (height + RowsPerChunk - 1) / RowsPerChunk,
        };
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
        var first = chunk % job.ChunksPerFrame * RowsPerChunk;
        var end = Math.Min(first + RowsPerChunk, job.Height);
        for (var c = 0; c < job.Half; c += T.Count)
        {
            for (var row = first; row < end; row++)
                Row<T>(job, frame, row, c);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Row<T>(in Job job, int frame, int row, int channel)
        where T : unmanaged, ILanes<T>
    {
        nint half = job.Half, channels = 2 * half, line = job.Width * channels;
        var pixel = (nint)((frame * job.Height) + row) * job.Width;
        var at = job.X + (pixel * channels) + channel;
        var y = job.Y + (pixel * half) + channel;
        var left = job.Half - channel;
        float* a = job.Taps + channel, b = a + half;
        var up = row > 0 ? -line : 0;
        var down = row < job.Height - 1 ? line : 0;
        var (biasA, biasB) = (T.Load(job.Bias + channel), T.Load(job.Bias + channel + half));

        T a0 = T.Zero, a1 = T.Zero, a2 = T.Zero, a3 = T.Load(a + (3 * channels)), a4 = T.Load(a + (4 * channels)), a5 = T.Load(a + (5 * channels));
        T b0 = T.Zero, b1 = T.Zero, b2 = T.Zero, b3 = T.Load(b + (3 * channels)), b4 = T.Load(b + (4 * channels)), b5 = T.Load(b + (5 * channels));
        T a6 = T.Zero, a7 = T.Zero, a8 = T.Zero, b6 = T.Zero, b7 = T.Zero, b8 = T.Zero;
        if (up != 0)
        {
            (a0, a1, a2) = (T.Load(a), T.Load(a + channels), T.Load(a + (2 * channels)));
            (b0, b1, b2) = (T.Load(b), T.Load(b + channels), T.Load(b + (2 * channels)));
        }
        if (down != 0)
        {
            (a6, a7, a8) = (T.Load(a + (6 * channels)), T.Load(a + (7 * channels)), T.Load(a + (8 * channels)));
            (b6, b7, b8) = (T.Load(b + (6 * channels)), T.Load(b + (7 * channels)), T.Load(b + (8 * channels)));
        }

        for (var x = 0; x < job.Width; x++, at += channels, y += half)
        {
            var back = x > 0 ? -channels : 0;
            var forth = x < job.Width - 1 ? channels : 0;
            float* p0 = at + up, p2 = at + down;
            T sumA, sumB;
            if (back != 0 && forth != 0)
            {
                sumA = T.MultiplyAdd(a0, T.Load(p0 - channels), biasA);
                sumB = T.MultiplyAdd(b0, T.Load(p0 - channels + half), biasB);
                sumA = T.MultiplyAdd(a1, T.Load(p0), sumA);
                sumB = T.MultiplyAdd(b1, T.Load(p0 + half), sumB);
                sumA = T.MultiplyAdd(a2, T.Load(p0 + channels), sumA);
                sumB = T.MultiplyAdd(b2, T.Load(p0 + channels + half), sumB);
                sumA = T.MultiplyAdd(a3, T.Load(at - channels), sumA);
                sumB = T.MultiplyAdd(b3, T.Load(at - channels + half), sumB);
                sumA = T.MultiplyAdd(a4, T.Load(at), sumA);
                sumB = T.MultiplyAdd(b4, T.Load(at + half), sumB);
                sumA = T.MultiplyAdd(a5, T.Load(at + channels), sumA);
                sumB = T.MultiplyAdd(b5, T.Load(at + channels + half), sumB);
                sumA = T.MultiplyAdd(a6, T.Load(p2 - channels), sumA);
                sumB = T.MultiplyAdd(b6, T.Load(p2 - channels + half), sumB);
                sumA = T.MultiplyAdd(a7, T.Load(p2), sumA);
                sumB = T.MultiplyAdd(b7, T.Load(p2 + half), sumB);
                sumA = T.MultiplyAdd(a8, T.Load(p2 + channels), sumA);
                sumB = T.MultiplyAdd(b8, T.Load(p2 + channels + half), sumB);
            }
            else
            {
                sumA = T.MultiplyAdd(a1, T.Load(p0), biasA);
                sumB = T.MultiplyAdd(b1, T.Load(p0 + half), biasB);
                sumA = T.MultiplyAdd(a4, T.Load(at), sumA);
                sumB = T.MultiplyAdd(b4, T.Load(at + half), sumB);
                sumA = T.MultiplyAdd(a7, T.Load(p2), sumA);
                sumB = T.MultiplyAdd(b7, T.Load(p2 + half), sumB);
                if (back != 0)
                {
                    sumA = T.MultiplyAdd(a0, T.Load(p0 + back), sumA);
                    sumB = T.MultiplyAdd(b0, T.Load(p0 + back + half), sumB);
                    sumA = T.MultiplyAdd(a3, T.Load(at + back), sumA);
                    sumB = T.MultiplyAdd(b3, T.Load(at + back + half), sumB);
                    sumA = T.MultiplyAdd(a6, T.Load(p2 + back), sumA);
                    sumB = T.MultiplyAdd(b6, T.Load(p2 + back + half), sumB);
                }
                if (forth != 0)
                {
                    sumA = T.MultiplyAdd(a2, T.Load(p0 + forth), sumA);
                    sumB = T.MultiplyAdd(b2, T.Load(p0 + forth + half), sumB);
                    sumA = T.MultiplyAdd(a5, T.Load(at + forth), sumA);
                    sumB = T.MultiplyAdd(b5, T.Load(at + forth + half), sumB);
                    sumA = T.MultiplyAdd(a8, T.Load(p2 + forth), sumA);
                    sumB = T.MultiplyAdd(b8, T.Load(p2 + forth + half), sumB);
                }
            }
            LaneMath.Store(sumA * LaneMath.Silu(sumB), y, left);
        }
    }

    private struct Job
    {
        public float* X;
        public float* Y;
        public float* Taps;
        public float* Bias;
        public int Height;
        public int Width;
        public int Half;
        public int ChunksPerFrame;
    }
}
