using System.Runtime.CompilerServices;

namespace SanaLive.Runtime.Kernels.Cpu;

/// <summary>y[F, h, w, C] = a depthwise convolution of x[F, h, w, C] with a square kernel of any odd side, zero padded.</summary>
internal static unsafe class CpuDepthwise
{
    public static void Run(CpuKernels cpu, float* x, CpuDepthwiseWeights weights, int frames, int height, int width, float* y)
    {
        var job = new Job
        {
            X = x,
            Y = y,
            Weights = weights.Values,
            Bias = weights.Bias,
            Height = height,
            Width = width,
            Channels = weights.Outputs,
            Kernel = weights.Kernel,
        };
        cpu.Pool.Run(
            frames * height,
            cpu.InstructionSet switch
            {
                CpuInstructionSet.Vector512 => &Row<Lanes512>,
                CpuInstructionSet.Vector256 => &Row<Lanes256>,
                _ => &Row<Lanes128>,
            },
            &job);
    }

    /// <summary>One row of pixels, every vector of channels with the taps that lie inside of the frame.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Row<T>(void* context, int line, int worker)
        where T : unmanaged, ILanes<T>
    {
        ref var job = ref *(Job*)context;
        nint channels = job.Channels;
        var (row, reach) = (line % job.Height, job.Kernel / 2);
        var (top, bottom) = (Math.Max(-reach, -row), Math.Min(reach, job.Height - 1 - row));
        var pixel = (nint)line * job.Width;
        for (var column = 0; column < job.Width; column++)
        {
            var (left, right) = (Math.Max(-reach, -column), Math.Min(reach, job.Width - 1 - column));
            var at = job.X + ((pixel + column) * channels);
            var y = job.Y + ((pixel + column) * channels);
            for (nint c = 0; c < channels; c += T.Count)
            {
                var sum = T.Load(job.Bias + c);
                for (var dy = top; dy <= bottom; dy++)
                {
                    var tap = job.Weights + (((((dy + reach) * job.Kernel) + left + reach) * channels) + c);
                    var from = at + ((((nint)dy * job.Width) + left) * channels) + c;
                    for (var dx = left; dx <= right; dx++, tap += channels, from += channels)
                        sum = T.MultiplyAdd(T.Load(tap), T.Load(from), sum);
                }
                LaneMath.Store(sum, y + c, (int)(channels - c));
            }
        }
    }

    private struct Job
    {
        public float* X;
        public float* Y;
        public float* Weights;
        public float* Bias;
        public int Height;
        public int Width;
        public int Channels;
        public int Kernel;
    }
}
