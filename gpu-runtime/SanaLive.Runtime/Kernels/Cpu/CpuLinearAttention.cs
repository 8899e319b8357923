using System.Runtime.CompilerServices;

namespace SanaLive.Runtime.Kernels.Cpu;

/// <summary>
/// Linear attention with state. q, k, v are [tokens, heads * d], S is [heads, d (value), d (key)], z [heads, d]. Both directions are
/// products on <see cref="GemmTile"/>: S reduces over tokens, the output over keys. Two rounds of the pool: a head's terms, to which the
/// past is added where they lie; then the tokens' outputs from what is then the total.
/// </summary>
internal static unsafe class CpuLinearAttention
{
    // Tokens of one chunk where the output is made: rows of four tall tiles.
    private const int TokensPerChunk = 4 * GemmTile.MaxRows;

    // Tokens whose rotated keys and values lie in the first-level cache together (d = 48: 24 KB).
    private const int TokensPerSum = 64;

    public static void Run(
        CpuKernels cpu, float* q, float* k, float* v, float* rotation, int tokens, int heads, int d,
        float* pastS, float* pastZ, float eps, float* s, float* z, float* y)
    {
        var padded = Rotation.Padded(d);
        nint total = (nint)heads * (d + 1) * padded;
        nint perWorker = Math.Max((nint)2 * TokensPerSum * padded, (nint)heads * TokensPerChunk * (padded + 1));
        var scratch = cpu.Scratch(total + (cpu.ThreadCount * perWorker));
        // Whole heads where threads get as many of them: the keys are then rotated once. Else its rows are shared out, too.
        var tiles = (d + GemmTile.MaxRows - 1) / GemmTile.MaxRows;
        var job = new Job
        {
            Q = q,
            K = k,
            V = v,
            Y = y,
            Rotation = rotation,
            Tokens = tokens,
            Heads = heads,
            D = d,
            Padded = padded,
            Parts = heads % cpu.ThreadCount == 0 || heads >= 4 * cpu.ThreadCount ? 1 : tiles,
            PastS = pastS,
            PastZ = pastZ,
            Eps = eps,
            S = s,
            Z = z,
            TotalS = scratch,
            TotalZ = scratch + ((nint)heads * d * padded),
            WorkerScratch = scratch + total,
            PerWorker = perWorker,
        };
        var chunks = (tokens + TokensPerChunk - 1) / TokensPerChunk;
        switch (cpu.InstructionSet)
        {
            case CpuInstructionSet.Vector512:
                cpu.Pool.Run(heads * job.Parts, &Sum<Lanes512>, &job);
                cpu.Pool.Run(chunks, &Apply<Lanes512>, &job);
                break;
            case CpuInstructionSet.Vector256:
                cpu.Pool.Run(heads * job.Parts, &Sum<Lanes256>, &job);
                cpu.Pool.Run(chunks, &Apply<Lanes256>, &job);
                break;
            default:
                cpu.Pool.Run(heads * job.Parts, &Sum<Lanes128>, &job);
                cpu.Pool.Run(chunks, &Apply<Lanes128>, &job);
                break;
        }
    }

    /// <summary>
    /// One head's S, or some keys of it, with the key outside as <see cref="Apply{T}"/> reads it: [d (key), padded (value)]; with the first
    /// of them the head's z. Tokens are added in runs of the same length always, so that the bits depend on nothing else.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private static void Sum<T>(void* context, int chunk, int worker)
        where T : unmanaged, ILanes<T>
    {
        ref var job = ref *(Job*)context;
        var acc = stackalloc float[GemmTile.MaxRows * GemmTile.AccumulatorStride];
        int d = job.D, padded = job.Padded;
        var (head, part) = (chunk / job.Parts, chunk % job.Parts);
        var firstKey = part * GemmTile.MaxRows;
        var endKey = job.Parts == 1 ? d : Math.Min(firstKey + GemmTile.MaxRows, d);
        nint width = (nint)job.Heads * d;
        var keys = job.WorkerScratch + (worker * job.PerWorker);
        var values = keys + ((nint)TokensPerSum * padded);
        var total = job.TotalS + ((nint)head * d * padded);
        var z = job.TotalZ + ((nint)head * padded);
        var g = new GemmOperands { A = &keys, Segments = 1, ARow = 1, AStep = padded, WStep = padded };
        for (var first = 0; first < job.Tokens; first += TokensPerSum)
        {
            var count = Math.Min(TokensPerSum, job.Tokens - first);
            var at = (first * width) + ((nint)head * d);
            for (var t = 0; t < count; t++)
            {
                Rotation.Rotate<T>(job.K + at + (t * width), job.Rotation + ((nint)(first + t) * 2 * padded), padded, keys + ((nint)t * padded));
                for (var c = 0; c < padded; c += T.Count)
                    T.Store(T.Load(job.V + at + (t * width) + c), values + ((nint)t * padded) + c);
            }

            g.K = count;
            for (var key = firstKey; key < endKey;)
            {
                var height = GemmTile.Height<T>(endKey - key);
                for (var column = 0; column < d; column += GemmTile.AccumulatorStride)
                {
                    g.W = values + column;
                    var columns = Math.Min(GemmTile.AccumulatorStride, padded - column);
                    GemmTile.Run<T>(g, key, height, columns, acc);
                    for (var r = 0; r < height; r++)
                        Take<T>(acc + (r * GemmTile.AccumulatorStride), total + ((nint)(key + r) * padded) + column, columns, first > 0);
                }

                key += height;
            }

            for (var c = 0; part == 0 && c < d; c += T.Count)
            {
                var (even, odd) = (first > 0 ? T.Load(z + c) : T.Zero, T.Zero);
                for (var t = 0; t + 1 < count; t += 2)
                {
                    even += T.Load(job.K + at + (t * width) + c);
                    odd += T.Load(job.K + at + ((t + 1) * width) + c);
                }

                T.Store(count % 2 == 0 ? even + odd : even + odd + T.Load(job.K + at + ((count - 1) * width) + c), z + c);
            }
        }

        Keep(job, head, firstKey, endKey);
    }

    /// <summary>Hands out the block's own terms and adds the past's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Keep(in Job job, int head, int firstKey, int endKey)
    {
        int d = job.D, padded = job.Padded;
        var total = job.TotalS + ((nint)head * d * padded);
        for (nint value = 0; value < d; value++)
        {
            var at = (((nint)head * d) + value) * d;
            for (var key = firstKey; job.S != null && key < endKey; key++)
                job.S[at + key] = total[((nint)key * padded) + value];
            for (var key = firstKey; job.PastS != null && key < endKey; key++)
                total[((nint)key * padded) + value] += job.PastS[at + key];
        }

        if (firstKey > 0)
            return;
        var z = job.TotalZ + ((nint)head * padded);
        for (var key = 0; key < d; key++)
        {
            if (job.Z != null)
                job.Z[(head * d) + key] = z[key];
            if (job.PastZ != null)
                z[key] += job.PastZ[(head * d) + key];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private static void Apply<T>(void* context, int chunk, int worker)
        where T : unmanaged, ILanes<T>
    {
        ref var job = ref *(Job*)context;
        int d = job.D, padded = job.Padded;
        nint width = (nint)job.Heads * d;
        var acc = stackalloc float[GemmTile.MaxRows * GemmTile.AccumulatorStride];
        // This worker's rotated queries [heads, 48, padded] and 1 / (z . q + eps) [heads, 48].
        var rotated = job.WorkerScratch + (worker * job.PerWorker);
        var factors = rotated + ((nint)job.Heads * TokensPerChunk * padded);
        var first = chunk * TokensPerChunk;
        var count = Math.Min(TokensPerChunk, job.Tokens - first);
        for (var t = 0; t < count; t++)
        {
            var token = (nint)(first + t);
            for (var head = 0; head < job.Heads; head++)
            {
                var q = job.Q + (token * width) + ((nint)head * d);
                var at = ((nint)head * TokensPerChunk) + t;
                Rotation.Rotate<T>(q, job.Rotation + (token * 2 * padded), padded, rotated + (at * padded));
                factors[at] = 1f / (Dot<T>(job.TotalZ + ((nint)head * padded), q, d) + job.Eps);
            }
        }

        var g = new GemmOperands { A = &rotated, Segments = 1, K = d, ARow = padded, AStep = 1, WStep = padded };
        for (var head = 0; head < job.Heads; head++)
        {
            var queries = (nint)head * TokensPerChunk * padded;
            for (var column = 0; column < d; column += GemmTile.AccumulatorStride)
            {
                g.W = job.TotalS + ((nint)head * d * padded) + column;
                var columns = Math.Min(GemmTile.AccumulatorStride, d - column);
                for (var t = 0; t < count;)
                {
                    var height = GemmTile.Height<T>(count - t);
                    GemmTile.Run<T>(g, queries + ((nint)t * padded), height, columns, acc);
                    GemmTile.StoreScaled<T>(
                        acc, factors + (head * TokensPerChunk) + t, height, columns, job.Y + ((first + t) * width) + ((nint)head * d) + column, width);
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
    private static void Take<T>(float* from, float* to, int count, bool add)
        where T : unmanaged, ILanes<T>
    {
        for (var i = 0; i < count; i += T.Count)
            T.Store(add ? T.Load(to + i) + T.Load(from + i) : T.Load(from + i), to + i);
    }

    private struct Job
    {
        public float* Q;
        public float* K;
        public float* V;
        public float* Y;
        public float* Rotation;
        public float* PastS;
        public float* PastZ;
        public float* S;
        public float* Z;
        public float* TotalS;
        public float* TotalZ;
        public float* WorkerScratch;
        public nint PerWorker;
        public int Tokens;
        public int Heads;
        public int D;
        public int Padded;
        public int Parts;
        public float Eps;
    }
}
