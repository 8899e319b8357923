using System.Runtime.CompilerServices;

namespace SanaLive.Runtime.Kernels.Cpu;

/// <summary>
/// Linear attention with state. q, k, v are [tokens, heads * d]; the rotation is [tokens, d / 2]; S is [heads, d (value), d (key)] and
/// z [heads, d]. Both directions are products on <see cref="GemmTile"/>: S reduces over tokens, the output over keys.
/// </summary>
internal static unsafe class CpuLinearAttention
{
    // Tokens of one chunk wherever tokens are shared out.
    private const int TokensPerChunk = 4 * GemmTile.MaxRows;

    /// <summary>S = sum over tokens of v (R k)^T; z = sum of k. Both are replaced.</summary>
    public static void Terms(CpuKernels cpu, float* k, float* v, float* cos, float* sin, int tokens, int heads, int d, float* s, float* z)
    {
        var padded = Rotation.Padded(d);
        var job = new Job
        {
            X = k,
            V = v,
            Cos = cos,
            Sin = sin,
            Tokens = tokens,
            Heads = heads,
            D = d,
            Padded = padded,
            S = s,
            Z = z,
            Scratch = cpu.Scratch((nint)heads * tokens * padded),
        };
        var tiles = (d + GemmTile.MaxRows - 1) / GemmTile.MaxRows;
        switch (cpu.InstructionSet)
        {
            case CpuInstructionSet.Vector512:
                cpu.Pool.Run(Chunks(tokens), &RotateKeys<Lanes512>, &job);
                cpu.Pool.Run(heads * tiles, &SumTerms<Lanes512>, &job);
                break;
            case CpuInstructionSet.Vector256:
                cpu.Pool.Run(Chunks(tokens), &RotateKeys<Lanes256>, &job);
                cpu.Pool.Run(heads * tiles, &SumTerms<Lanes256>, &job);
                break;
            default:
                cpu.Pool.Run(Chunks(tokens), &RotateKeys<Lanes128>, &job);
                cpu.Pool.Run(heads * tiles, &SumTerms<Lanes128>, &job);
                break;
        }
    }

    /// <summary>y = S R q / (z . q + eps), [tokens, heads * d].</summary>
    public static void Apply(
        CpuKernels cpu, float* q, float* cos, float* sin, float* s, float* z, int tokens, int heads, int d, float eps, float* y)
    {
        var padded = Rotation.Padded(d);
        nint perWorker = (nint)heads * TokensPerChunk * (padded + 1);
        nint transposed = (nint)heads * d * padded;
        var scratch = cpu.Scratch(transposed + (cpu.ThreadCount * perWorker));
        var job = new Job
        {
            X = q,
            Y = y,
            Cos = cos,
            Sin = sin,
            Tokens = tokens,
            Heads = heads,
            D = d,
            Padded = padded,
            S = s,
            Z = z,
            Eps = eps,
            Scratch = scratch,
            WorkerScratch = scratch + transposed,
        };
        cpu.Pool.Run(heads, &Transpose, &job);
        cpu.Pool.Run(
            Chunks(tokens),
            cpu.InstructionSet switch
            {
                CpuInstructionSet.Vector512 => &ApplyChunk<Lanes512>,
                CpuInstructionSet.Vector256 => &ApplyChunk<Lanes256>,
                _ => &ApplyChunk<Lanes128>,
            },
            &job);
    }

    private static int Chunks(int tokens) => (tokens + TokensPerChunk - 1) / TokensPerChunk;

    /// <summary>Rotated keys, head by head: scratch [heads, tokens, padded].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private static void RotateKeys<T>(void* context, int chunk, int worker)
        where T : unmanaged, ILanes<T>
    {
        ref var job = ref *(Job*)context;
        var table = stackalloc float[2 * job.Padded];
        var end = Math.Min((chunk + 1) * TokensPerChunk, job.Tokens);
        for (var token = chunk * TokensPerChunk; token < end; token++)
        {
            Rotation.Spread(job.Cos + ((nint)token * (job.D / 2)), job.Sin + ((nint)token * (job.D / 2)), job.D, table);
            for (var head = 0; head < job.Heads; head++)
            {
                var from = job.X + ((((nint)token * job.Heads) + head) * job.D);
                Rotation.Rotate<T>(from, table, job.Padded, job.Scratch + ((((nint)head * job.Tokens) + token) * job.Padded));
            }
        }
    }

    /// <summary>Twelve rows of one head's S, and with the first of them the head's z.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private static void SumTerms<T>(void* context, int chunk, int worker)
        where T : unmanaged, ILanes<T>
    {
        ref var job = ref *(Job*)context;
        var acc = stackalloc float[GemmTile.MaxRows * GemmTile.AccumulatorStride];
        int d = job.D, tiles = (d + GemmTile.MaxRows - 1) / GemmTile.MaxRows;
        var (head, first) = (chunk / tiles, chunk % tiles * GemmTile.MaxRows);
        nint width = (nint)job.Heads * d;
        var values = job.V + ((nint)head * d);
        var g = new GemmOperands { A = &values, Segments = 1, K = job.Tokens, ARow = 1, AStep = width, WStep = job.Padded };
        var end = Math.Min(first + GemmTile.MaxRows, d);
        for (var column = 0; column < d; column += GemmTile.AccumulatorStride)
        {
            g.W = job.Scratch + ((nint)head * job.Tokens * job.Padded) + column;
            var columns = Math.Min(GemmTile.AccumulatorStride, d - column);
            for (var row = first; row < end;)
            {
                var height = GemmTile.Height<T>(end - row);
                GemmTile.Run<T>(g, row, height, columns, acc);
                for (var r = 0; r < height; r++)
                    Copy<T>(acc + (r * GemmTile.AccumulatorStride), job.S + ((((nint)head * d) + row + r) * d) + column, columns);
                row += height;
            }
        }

        if (first != 0)
            return;
        for (var i = 0; i < d; i += T.Count)
        {
            var key = job.X + ((nint)head * d) + i;
            var sum = T.Zero;
            for (var token = 0; token < job.Tokens; token++, key += width)
                sum += T.Load(key);
            LaneMath.Store(sum, job.Z + ((nint)head * d) + i, d - i);
        }
    }

    /// <summary>One head's S with the key outside: scratch [heads, d (key), padded (value)].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transpose(void* context, int head, int worker)
    {
        ref var job = ref *(Job*)context;
        int d = job.D, padded = job.Padded;
        var s = job.S + ((nint)head * d * d);
        var to = job.Scratch + ((nint)head * d * padded);
        for (var key = 0; key < d; key++, to += padded)
        {
            for (var value = 0; value < d; value++)
                to[value] = s[(value * d) + key];
            for (var value = d; value < padded; value++)
                to[value] = 0f;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private static void ApplyChunk<T>(void* context, int chunk, int worker)
        where T : unmanaged, ILanes<T>
    {
        ref var job = ref *(Job*)context;
        int d = job.D, padded = job.Padded;
        nint width = (nint)job.Heads * d;
        var acc = stackalloc float[GemmTile.MaxRows * GemmTile.AccumulatorStride];
        var table = stackalloc float[2 * padded];
        // This worker's rotated queries [heads, 48, padded] and 1 / (z . q + eps) [heads, 48].
        var rotated = job.WorkerScratch + ((nint)worker * job.Heads * TokensPerChunk * (padded + 1));
        var factors = rotated + ((nint)job.Heads * TokensPerChunk * padded);
        var first = chunk * TokensPerChunk;
        var count = Math.Min(TokensPerChunk, job.Tokens - first);
        for (var t = 0; t < count; t++)
        {
            var token = (nint)(first + t);
            Rotation.Spread(job.Cos + (token * (d / 2)), job.Sin + (token * (d / 2)), d, table);
            for (var head = 0; head < job.Heads; head++)
            {
                var q = job.X + (token * width) + ((nint)head * d);
                var at = ((nint)head * TokensPerChunk) + t;
                Rotation.Rotate<T>(q, table, padded, rotated + (at * padded));
                factors[at] = 1f / (Dot<T>(job.Z + ((nint)head * d), q, d) + job.Eps);
            }
        }

        var g = new GemmOperands { A = &rotated, Segments = 1, K = d, ARow = padded, AStep = 1, WStep = padded };
        for (var head = 0; head < job.Heads; head++)
        {
            var queries = (nint)head * TokensPerChunk * padded;
            for (var column = 0; column < d; column += GemmTile.AccumulatorStride)
            {
                g.W = job.Scratch + ((nint)head * d * padded) + column;
                var columns = Math.Min(GemmTile.AccumulatorStride, d - column);
                for (var t = 0; t < count;)
                {
                    var height = GemmTile.Height<T>(count - t);
                    GemmTile.Run<T>(g, queries + ((nint)t * padded), height, columns, acc);
                    for (var r = 0; r < height; r++)
                    {
                        var factor = T.Splat(factors[(head * TokensPerChunk) + t + r]);
                        var from = acc + (r * GemmTile.AccumulatorStride);
                        var to = job.Y + ((first + t + r) * width) + ((nint)head * d) + column;
                        for (var c = 0; c < columns; c += T.Count)
                            LaneMath.Store(T.Load(from + c) * factor, to + c, columns - c);
                    }
                    t += height;
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Dot<T>(float* a, float* b, int count)
        where T : unmanaged, ILanes<T>
    {
        var sum = T.Zero;
        for (var i = 0; i < count; i += T.Count)
            sum = T.MultiplyAdd(LaneMath.Load<T>(a + i, count - i), LaneMath.Load<T>(b + i, count - i), sum);
        return T.Sum(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Copy<T>(float* from, float* to, int count)
        where T : unmanaged, ILanes<T>
    {
        for (var i = 0; i < count; i += T.Count)
            LaneMath.Store(T.Load(from + i), to + i, count - i);
    }

    private struct Job
    {
        public float* X;
        public float* V;
        public float* Y;
        public float* Cos;
        public float* Sin;
        public float* S;
        public float* Z;
        public float* Scratch;
        public float* WorkerScratch;
        public int Tokens;
        public int Heads;
        public int D;
        public int Padded;
        public float Eps;
    }
}
