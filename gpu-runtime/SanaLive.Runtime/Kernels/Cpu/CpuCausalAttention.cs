using System.Runtime.CompilerServices;

namespace SanaLive.Runtime.Kernels.Cpu;

/// <summary>
/// Softmax attention of q[tokens, heads * d] to the keys and values before them and at them, [keys, kvHeads * d]. Keys are transposed and
/// values padded once, head by head; then up to twelve tokens at a time make their scores over what any of them sees, each its own
/// softmax, and their sums of values. A row's bits do not depend on the rows beside it: what it does not see counts as exactly zero.
/// </summary>
internal static unsafe class CpuCausalAttention
{
    private const int TokensPerChunk = 2 * GemmTile.MaxRows;
    private const int Step = GemmTile.AccumulatorStride;

    public static void Run(CpuKernels cpu, float* q, float* k, float* v, int tokens, int keys, in CausalAttentionShape shape, int d, float* y)
    {
        var job = new Job
        {
            Q = q,
            K = k,
            V = v,
            Y = y,
            Tokens = tokens,
            Count = keys,
            Shape = shape,
            D = d,
            PaddedD = (d + 15) & ~15,
            PaddedKeys = (keys + Step - 1) / Step * Step,
        };
        var packedKeys = (nint)shape.KeyValueHeads * d * job.PaddedKeys;
        var packedValues = (nint)shape.KeyValueHeads * job.PaddedKeys * job.PaddedD;
        job.Keys = cpu.Scratch(packedKeys + packedValues + (cpu.ThreadCount * GemmTile.MaxRows * (nint)job.PaddedKeys));
        job.Values = job.Keys + packedKeys;
        job.Scores = job.Values + packedValues;
        cpu.Pool.Run(shape.KeyValueHeads, &PackHead, &job);
        cpu.Pool.Run(
            shape.Heads * ((tokens + TokensPerChunk - 1) / TokensPerChunk),
            cpu.InstructionSet switch
            {
                CpuInstructionSet.Vector512 => &Chunk<Lanes512>,
                CpuInstructionSet.Vector256 => &Chunk<Lanes256>,
                _ => &Chunk<Lanes128>,
            },
            &job);
    }

    /// <summary>Keys to [kvHeads, d, PaddedKeys] with the scale in them, values to [kvHeads, PaddedKeys, PaddedD]; padding is zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackHead(void* context, int head, int worker)
    {
        ref var job = ref *(Job*)context;
        nint width = (nint)job.Shape.KeyValueHeads * job.D;
        var keys = job.Keys + ((nint)head * job.D * job.PaddedKeys);
        var values = job.Values + ((nint)head * job.PaddedKeys * job.PaddedD);
        new Span<float>(values, job.PaddedKeys * job.PaddedD).Clear();
        for (var key = 0; key < job.Count; key++)
        {
            var k = job.K + (key * width) + ((nint)head * job.D);
            var v = job.V + (key * width) + ((nint)head * job.D);
            for (var i = 0; i < job.D; i++)
            {
                keys[((nint)i * job.PaddedKeys) + key] = k[i] * job.Shape.Scale;
                values[((nint)key * job.PaddedD) + i] = v[i];
            }
        }

        for (var i = 0; i < job.D; i++)
            new Span<float>(keys + ((nint)i * job.PaddedKeys) + job.Count, job.PaddedKeys - job.Count).Clear();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private static void Chunk<T>(void* context, int chunk, int worker)
        where T : unmanaged, ILanes<T>
    {
        ref var job = ref *(Job*)context;
        int d = job.D, heads = job.Shape.Heads;
        nint width = (nint)heads * d;
        var (head, start) = (chunk % heads, chunk / heads * TokensPerChunk);
        var group = head / (heads / job.Shape.KeyValueHeads);
        var end = Math.Min(start + TokensPerChunk, job.Tokens);
        var acc = stackalloc float[GemmTile.MaxRows * Step];
        var factors = stackalloc float[GemmTile.MaxRows];
        var scores = job.Scores + ((nint)worker * GemmTile.MaxRows * job.PaddedKeys);
        var queries = job.Q + ((nint)head * d);
        var toScores = new GemmOperands { A = &queries, Segments = 1, K = d, ARow = width, AStep = 1, WStep = job.PaddedKeys };
        var toValues = new GemmOperands { A = &scores, Segments = 1, ARow = job.PaddedKeys, AStep = 1, WStep = job.PaddedD };
        for (var token = start; token < end;)
        {
            var height = GemmTile.Height<T>(end - token);
            var position = job.Count - job.Tokens + token;
            var from = First(job.Shape.Window, position) / Step * Step;
            var to = (position + height + Step - 1) / Step * Step;
            for (var key = from; key < to; key += Step)
            {
                toScores.W = job.Keys + ((nint)group * d * job.PaddedKeys) + key;
                GemmTile.Run<T>(toScores, token * width, height, Step, acc);
                for (var r = 0; r < height; r++)
                    Put<T>(acc + (r * Step), job.Shape.SoftCap, scores + ((nint)r * job.PaddedKeys) + key - from);
            }

            for (var r = 0; r < height; r++)
            {
                var row = scores + ((nint)r * job.PaddedKeys);
                factors[r] = 1f / Softmax<T>(row, First(job.Shape.Window, position + r) - from, position + r + 1 - from, to - from);
            }

            toValues.K = to - from;
            for (var column = 0; column < d; column += Step)
            {
                var columns = Math.Min(Step, d - column);
                toValues.W = job.Values + (((nint)group * job.PaddedKeys) + from) * job.PaddedD + column;
                GemmTile.Run<T>(toValues, 0, height, columns, acc);
                GemmTile.StoreScaled<T>(acc, factors, height, columns, job.Y + (token * width) + ((nint)head * d) + column, width);
            }

            token += height;
        }
    }

    /// <summary>The first key that a token at this position sees.</summary>
    private static int First(int window, int position) => window > 0 ? Math.Max(0, position - window + 1) : 0;

    /// <summary>32 scores, capped.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<T>(float* from, float cap, float* to)
        where T : unmanaged, ILanes<T>
    {
        var (factor, inverse) = (T.Splat(cap), T.Splat(1f / cap));
        for (var c = 0; c < Step; c += T.Count)
        {
            var score = T.Load(from + c);
            T.Store(cap > 0 ? factor * LaneMath.Tanh(score * inverse) : score, to + c);
        }
    }

    /// <summary>exp(score - largest) in place for scores [first, end), zeros for the others up to <paramref name="padded"/>; their sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Softmax<T>(float* scores, int first, int end, int padded)
        where T : unmanaged, ILanes<T>
    {
        new Span<float>(scores, first).Fill(-1e30f);
        new Span<float>(scores + end, padded - end).Fill(-1e30f);
        var most = T.Load(scores);
        for (var i = T.Count; i < padded; i += T.Count)
            most = T.Max(most, T.Load(scores + i));
        var shift = T.Splat(T.MaxLane(most));
        for (var i = 0; i < padded; i += T.Count)
            T.Store(LaneMath.Exp(T.Load(scores + i) - shift), scores + i);

        // The exponential ends at e^-87; what is not seen must be nothing.
        new Span<float>(scores, first).Clear();
        new Span<float>(scores + end, padded - end).Clear();
        var sums = T.Zero;
        for (var i = 0; i < padded; i += T.Count)
            sums += T.Load(scores + i);
        return T.Sum(sums);
    }

    private struct Job
    {
        public float* Q;
        public float* K;
        public float* V;
        public float* Y;
        public float* Keys;
        public float* Values;
        public float* Scores;
        public CausalAttentionShape Shape;
        public int Tokens;
        public int Count;
        public int D;
        public int PaddedD;
        public int PaddedKeys;
    }
}
