using System.Runtime.CompilerServices;

namespace SanaLive.Runtime.Kernels.Cpu;

/// <summary>
/// Softmax attention of q[tokens, heads * d] to k, v[words, heads * d], scaled by 1 / sqrt(d): y[tokens, heads * d]. Keys are transposed
/// and values padded once, head by head; then twelve tokens at a time make their scores, their softmax and their sum of values without
/// leaving the cache.
/// </summary>
internal static unsafe class CpuCrossAttention
{
    private const int TokensPerChunk = 4 * GemmTile.MaxRows;

    public static void Run(CpuKernels cpu, float* q, float* k, float* v, int tokens, int words, int heads, int d, float* y)
    {
        var job = new Job
        {
            Q = q,
            K = k,
            V = v,
            Y = y,
            Tokens = tokens,
            Words = words,
            Heads = heads,
            D = d,
            PaddedD = (d + 15) & ~15,
            PaddedWords = (words + 15) & ~15,
            Blocks = (tokens + TokensPerChunk - 1) / TokensPerChunk,
        };
        var keys = (nint)heads * d * job.PaddedWords;
        var values = (nint)heads * words * job.PaddedD;
        job.Keys = cpu.Scratch(keys + values + (cpu.ThreadCount * GemmTile.MaxRows * (nint)job.PaddedWords));
        job.Values = job.Keys + keys;
        job.Scores = job.Values + values;
        cpu.Pool.Run(heads, &PackHead, &job);
        cpu.Pool.Run(
            heads * job.Blocks,
            cpu.InstructionSet switch
            {
                CpuInstructionSet.Vector512 => &Chunk<Lanes512>,
                CpuInstructionSet.Vector256 => &Chunk<Lanes256>,
                _ => &Chunk<Lanes128>,
            },
            &job);
    }

    /// <summary>Keys to [heads, d, PaddedWords] with the scale in them, values to [heads, words, PaddedD].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PackHead(void* context, int head, int worker)
    {
        ref var job = ref *(Job*)context;
        nint width = (nint)job.Heads * job.D;
        var scale = 1f / MathF.Sqrt(job.D);
        var keys = job.Keys + ((nint)head * job.D * job.PaddedWords);
        var values = job.Values + ((nint)head * job.Words * job.PaddedD);
        for (var word = 0; word < job.Words; word++)
        {
            var k = job.K + (word * width) + ((nint)head * job.D);
            var v = job.V + (word * width) + ((nint)head * job.D);
            for (var i = 0; i < job.D; i++)
            {
                keys[((nint)i * job.PaddedWords) + word] = k[i] * scale;
                values[((nint)word * job.PaddedD) + i] = v[i];
            }
            for (var i = job.D; i < job.PaddedD; i++)
                values[((nint)word * job.PaddedD) + i] = 0f;
        }
        for (var i = 0; i < job.D; i++)
        {
            for (var word = job.Words; word < job.PaddedWords; word++)
                keys[((nint)i * job.PaddedWords) + word] = 0f;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    private static void Chunk<T>(void* context, int chunk, int worker)
        where T : unmanaged, ILanes<T>
    {
        ref var job = ref *(Job*)context;
        int d = job.D;
        nint width = (nint)job.Heads * d;
        var (head, first) = (chunk % job.Heads, chunk / job.Heads * TokensPerChunk);
        var end = Math.Min(first + TokensPerChunk, job.Tokens);
        var acc = stackalloc float[GemmTile.MaxRows * GemmTile.AccumulatorStride];
        var factors = stackalloc float[GemmTile.MaxRows];
        // Added to the last scores: those past the words count for nothing (e^-87 of the largest).
        var mask = stackalloc float[GemmTile.AccumulatorStride];
        for (var i = 0; i < GemmTile.AccumulatorStride; i++)
            mask[i] = ((job.Words - 1) / GemmTile.AccumulatorStride * GemmTile.AccumulatorStride) + i < job.Words ? 0f : -1e30f;
        var scores = job.Scores + ((nint)worker * GemmTile.MaxRows * job.PaddedWords);
        var queries = job.Q + ((nint)head * d);
        var toScores = new GemmOperands { A = &queries, Segments = 1, K = d, ARow = width, AStep = 1, WStep = job.PaddedWords };
        var toValues = new GemmOperands { A = &scores, Segments = 1, K = job.Words, ARow = job.PaddedWords, AStep = 1, WStep = job.PaddedD };
        for (var token = first; token < end;)
        {
            var height = GemmTile.Height<T>(end - token);
            for (var word = 0; word < job.PaddedWords; word += GemmTile.AccumulatorStride)
            {
                var columns = Math.Min(GemmTile.AccumulatorStride, job.PaddedWords - word);
                var last = word + GemmTile.AccumulatorStride >= job.PaddedWords;
                toScores.W = job.Keys + ((nint)head * d * job.PaddedWords) + word;
                GemmTile.Run<T>(toScores, token * width, height, columns, acc);
                for (var r = 0; r < height; r++)
                {
                    for (var c = 0; c < columns; c += T.Count)
                    {
                        var v = T.Load(acc + (r * GemmTile.AccumulatorStride) + c);
                        T.Store(last ? v + T.Load(mask + c) : v, scores + ((nint)r * job.PaddedWords) + word + c);
                    }
                }
            }
            for (var r = 0; r < height; r++)
                factors[r] = 1f / Exponentials<T>(scores + ((nint)r * job.PaddedWords), job.PaddedWords);
            for (var column = 0; column < d; column += GemmTile.AccumulatorStride)
            {
                var columns = Math.Min(GemmTile.AccumulatorStride, d - column);
                toValues.W = job.Values + ((nint)head * job.Words * job.PaddedD) + column;
                GemmTile.Run<T>(toValues, 0, height, columns, acc);
                GemmTile.StoreScaled<T>(acc, factors, height, columns, job.Y + (token * width) + ((nint)head * d) + column, width);
            }
            token += height;
        }
    }

    /// <summary>exp(score - largest) in place; their sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Exponentials<T>(float* scores, int padded)
        where T : unmanaged, ILanes<T>
    {
        var most = T.Load(scores);
        for (var i = T.Count; i < padded; i += T.Count)
            most = T.Max(most, T.Load(scores + i));
        var shift = T.Splat(T.MaxLane(most));
        var sums = T.Zero;
        for (var i = 0; i < padded; i += T.Count)
        {
            var e = LaneMath.Exp(T.Load(scores + i) - shift);
            sums += e;
            T.Store(e, scores + i);
        }
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
        public int Tokens;
        public int Words;
        public int Heads;
        public int D;
        public int PaddedD;
        public int PaddedWords;
        public int Blocks;
    }
}
