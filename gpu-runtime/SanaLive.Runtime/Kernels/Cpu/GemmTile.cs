using System.Runtime.CompilerServices;

namespace SanaLive.Runtime.Kernels.Cpu;

/// <summary>
/// The one matrix product under linears, convolutions and attention: a tile of 12, 6, 3, 2 or 1 rows by two vectors, held in
/// registers while the whole reduction runs. Accumulators are named locals because the JIT keeps those in registers and never array
/// elements; one pointer serves three rows because x64 addresses have the scales 1 and 2.
/// </summary>
internal static unsafe class GemmTile
{
    /// <summary>Floats from one row to the next of the accumulator block that tiles write.</summary>
    public const int AccumulatorStride = 32;

    /// <summary>Rows of the tallest tile.</summary>
    public const int MaxRows = 12;

    /// <summary>The tallest tile for what is left: 12, 6, 3, 2 or 1 rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Height<T>(int rowsLeft)
        where T : unmanaged, ILanes<T> =>
        T.TallTiles && rowsLeft >= 12 ? 12 : rowsLeft >= 6 ? 6 : rowsLeft >= 3 ? 3 : rowsLeft;

    /// <summary>What a tile has written, row by row times the row's factor: <paramref name="stride"/> floats from one row of y to the next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreScaled<T>(float* acc, float* factors, int rows, int columns, float* y, nint stride)
        where T : unmanaged, ILanes<T>
    {
        for (var r = 0; r < rows; r++)
        {
            var factor = T.Splat(factors[r]);
            for (var c = 0; c < columns; c += T.Count)
                LaneMath.Store(T.Load(acc + (r * AccumulatorStride) + c) * factor, y + (r * stride) + c, columns - c);
        }
    }

    /// <summary>
    /// acc[r, c] = sum over s, k of A[s][aOffset + r * ARow + k * AStep] * W[s * WSegment + k * WStep + c], for r below
    /// <paramref name="rows"/> (12, 6, 3, 2 or 1) and c below <paramref name="columns"/> (at most 32) rounded up to 16; W must be readable
    /// that far. Every sum runs in the order of s and k, so its bits do not depend on the tile that it falls into.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<T>(in GemmOperands g, nint aOffset, int rows, int columns, float* acc)
        where T : unmanaged, ILanes<T>
    {
        if (columns <= 16 && T.Count == 16)
        {
            if (rows == MaxRows)
                Tile12One<T>(g, aOffset, acc);
            else
                Narrow(g, aOffset, rows, acc);
            return;
        }
        var columnsLeft = (columns + 15) & ~15;
        var w = g.W;
        for (; columnsLeft > 0; columnsLeft -= 2 * T.Count, w += 2 * T.Count, acc += 2 * T.Count)
        {
            switch (rows)
            {
                case 12: Tile12<T>(g, w, aOffset, acc); break;
                case 6: Tile6<T>(g, w, aOffset, acc); break;
                case 3: Tile3<T>(g, w, aOffset, acc); break;
                case 2: Tile2<T>(g, w, aOffset, acc); break;
                default: Tile1<T>(g, w, aOffset, acc); break;
            }
        }
    }

    /// <summary>Few rows by one 512-bit vector would wait for one another: two 256-bit vectors each are as many chains again.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Narrow(in GemmOperands g, nint aOffset, int rows, float* acc)
    {
        switch (rows)
        {
            case 6: Tile6<Lanes256>(g, g.W, aOffset, acc); break;
            case 3: Tile3<Lanes256>(g, g.W, aOffset, acc); break;
            case 2: Tile2<Lanes256>(g, g.W, aOffset, acc); break;
            default: Tile1<Lanes256>(g, g.W, aOffset, acc); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile12<T>(in GemmOperands g, float* weights, nint aOffset, float* acc)
        where T : unmanaged, ILanes<T>
    {
        T c0a = T.Zero; T c0b = T.Zero;
        T c1a = T.Zero; T c1b = T.Zero;
        T c2a = T.Zero; T c2b = T.Zero;
        T c3a = T.Zero; T c3b = T.Zero;
        T c4a = T.Zero; T c4b = T.Zero;
        T c5a = T.Zero; T c5b = T.Zero;
        T c6a = T.Zero; T c6b = T.Zero;
        T c7a = T.Zero; T c7b = T.Zero;
        T c8a = T.Zero; T c8b = T.Zero;
        T c9a = T.Zero; T c9b = T.Zero;
        T c10a = T.Zero; T c10b = T.Zero;
        T c11a = T.Zero; T c11b = T.Zero;
        nint row = g.ARow, step = g.AStep, wStep = g.WStep;
        for (var s = 0; s < g.Segments; s++)
        {
            var w = weights + (s * g.WSegment);
            var a0 = g.A[s] + aOffset;
            var a1 = a0 + (3 * row);
            var a2 = a1 + (3 * row);
            var a3 = a2 + (3 * row);
            for (var k = g.K; k > 0; k--)
            {
                var w0 = T.Load(w);
                var w1 = T.Load(w + T.Count);
                var x = T.Splat(*a0);
                c0a = T.MultiplyAdd(x, w0, c0a);
                c0b = T.MultiplyAdd(x, w1, c0b);
                x = T.Splat(a0[row]);
                c1a = T.MultiplyAdd(x, w0, c1a);
                c1b = T.MultiplyAdd(x, w1, c1b);
                x = T.Splat(a0[2 * row]);
                c2a = T.MultiplyAdd(x, w0, c2a);
                c2b = T.MultiplyAdd(x, w1, c2b);
                x = T.Splat(*a1);
                c3a = T.MultiplyAdd(x, w0, c3a);
                c3b = T.MultiplyAdd(x, w1, c3b);
                x = T.Splat(a1[row]);
                c4a = T.MultiplyAdd(x, w0, c4a);
                c4b = T.MultiplyAdd(x, w1, c4b);
                x = T.Splat(a1[2 * row]);
                c5a = T.MultiplyAdd(x, w0, c5a);
                c5b = T.MultiplyAdd(x, w1, c5b);
                x = T.Splat(*a2);
                c6a = T.MultiplyAdd(x, w0, c6a);
                c6b = T.MultiplyAdd(x, w1, c6b);
                x = T.Splat(a2[row]);
                c7a = T.MultiplyAdd(x, w0, c7a);
                c7b = T.MultiplyAdd(x, w1, c7b);
                x = T.Splat(a2[2 * row]);
                c8a = T.MultiplyAdd(x, w0, c8a);
                c8b = T.MultiplyAdd(x, w1, c8b);
                x = T.Splat(*a3);
                c9a = T.MultiplyAdd(x, w0, c9a);
                c9b = T.MultiplyAdd(x, w1, c9b);
                x = T.Splat(a3[row]);
                c10a = T.MultiplyAdd(x, w0, c10a);
                c10b = T.MultiplyAdd(x, w1, c10b);
                x = T.Splat(a3[2 * row]);
                c11a = T.MultiplyAdd(x, w0, c11a);
                c11b = T.MultiplyAdd(x, w1, c11b);
                a0 += step;
                a1 += step;
                a2 += step;
                a3 += step;
                w += wStep;
            }
        }

        T.Store(c0a, acc);
        T.Store(c0b, acc + T.Count);
        T.Store(c1a, acc + 32);
        T.Store(c1b, acc + 32 + T.Count);
        T.Store(c2a, acc + 64);
        T.Store(c2b, acc + 64 + T.Count);
        T.Store(c3a, acc + 96);
        T.Store(c3b, acc + 96 + T.Count);
        T.Store(c4a, acc + 128);
        T.Store(c4b, acc + 128 + T.Count);
        T.Store(c5a, acc + 160);
        T.Store(c5b, acc + 160 + T.Count);
        T.Store(c6a, acc + 192);
        T.Store(c6b, acc + 192 + T.Count);
        T.Store(c7a, acc + 224);
        T.Store(c7b, acc + 224 + T.Count);
        T.Store(c8a, acc + 256);
        T.Store(c8b, acc + 256 + T.Count);
        T.Store(c9a, acc + 288);
        T.Store(c9b, acc + 288 + T.Count);
        T.Store(c10a, acc + 320);
        T.Store(c10b, acc + 320 + T.Count);
        T.Store(c11a, acc + 352);
        T.Store(c11b, acc + 352 + T.Count);
    }

    /// <summary>Twelve rows by one vector: as many chains as two multiply-adds of four cycles keep busy, and a broadcast for each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile12One<T>(in GemmOperands g, nint aOffset, float* acc)
        where T : unmanaged, ILanes<T>
    {
        T c0 = T.Zero; T c1 = T.Zero; T c2 = T.Zero;
        T c3 = T.Zero; T c4 = T.Zero; T c5 = T.Zero;
        T c6 = T.Zero; T c7 = T.Zero; T c8 = T.Zero;
        T c9 = T.Zero; T c10 = T.Zero; T c11 = T.Zero;
        nint row = g.ARow, step = g.AStep, wStep = g.WStep;
        for (var s = 0; s < g.Segments; s++)
        {
            var w = g.W + (s * g.WSegment);
            var a0 = g.A[s] + aOffset;
            var a1 = a0 + (3 * row);
            var a2 = a1 + (3 * row);
            var a3 = a2 + (3 * row);
            for (var k = g.K; k > 0; k--)
            {
                var w0 = T.Load(w);
                c0 = T.MultiplyAdd(T.Splat(*a0), w0, c0);
                c1 = T.MultiplyAdd(T.Splat(a0[row]), w0, c1);
                c2 = T.MultiplyAdd(T.Splat(a0[2 * row]), w0, c2);
                c3 = T.MultiplyAdd(T.Splat(*a1), w0, c3);
                c4 = T.MultiplyAdd(T.Splat(a1[row]), w0, c4);
                c5 = T.MultiplyAdd(T.Splat(a1[2 * row]), w0, c5);
                c6 = T.MultiplyAdd(T.Splat(*a2), w0, c6);
                c7 = T.MultiplyAdd(T.Splat(a2[row]), w0, c7);
                c8 = T.MultiplyAdd(T.Splat(a2[2 * row]), w0, c8);
                c9 = T.MultiplyAdd(T.Splat(*a3), w0, c9);
                c10 = T.MultiplyAdd(T.Splat(a3[row]), w0, c10);
                c11 = T.MultiplyAdd(T.Splat(a3[2 * row]), w0, c11);
                a0 += step;
                a1 += step;
                a2 += step;
                a3 += step;
                w += wStep;
            }
        }

        T.Store(c0, acc);
        T.Store(c1, acc + 32);
        T.Store(c2, acc + 64);
        T.Store(c3, acc + 96);
        T.Store(c4, acc + 128);
        T.Store(c5, acc + 160);
        T.Store(c6, acc + 192);
        T.Store(c7, acc + 224);
        T.Store(c8, acc + 256);
        T.Store(c9, acc + 288);
        T.Store(c10, acc + 320);
        T.Store(c11, acc + 352);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile6<T>(in GemmOperands g, float* weights, nint aOffset, float* acc)
        where T : unmanaged, ILanes<T>
    {
        T c0a = T.Zero; T c0b = T.Zero;
        T c1a = T.Zero; T c1b = T.Zero;
        T c2a = T.Zero; T c2b = T.Zero;
        T c3a = T.Zero; T c3b = T.Zero;
        T c4a = T.Zero; T c4b = T.Zero;
        T c5a = T.Zero; T c5b = T.Zero;
        nint row = g.ARow, step = g.AStep, wStep = g.WStep;
        for (var s = 0; s < g.Segments; s++)
        {
            var w = weights + (s * g.WSegment);
            var a0 = g.A[s] + aOffset;
            var a1 = a0 + (3 * row);
            for (var k = g.K; k > 0; k--)
            {
                var w0 = T.Load(w);
                var w1 = T.Load(w + T.Count);
                var x = T.Splat(*a0);
                c0a = T.MultiplyAdd(x, w0, c0a);
                c0b = T.MultiplyAdd(x, w1, c0b);
                x = T.Splat(a0[row]);
                c1a = T.MultiplyAdd(x, w0, c1a);
                c1b = T.MultiplyAdd(x, w1, c1b);
                x = T.Splat(a0[2 * row]);
                c2a = T.MultiplyAdd(x, w0, c2a);
                c2b = T.MultiplyAdd(x, w1, c2b);
                x = T.Splat(*a1);
                c3a = T.MultiplyAdd(x, w0, c3a);
                c3b = T.MultiplyAdd(x, w1, c3b);
                x = T.Splat(a1[row]);
                c4a = T.MultiplyAdd(x, w0, c4a);
                c4b = T.MultiplyAdd(x, w1, c4b);
                x = T.Splat(a1[2 * row]);
                c5a = T.MultiplyAdd(x, w0, c5a);
                c5b = T.MultiplyAdd(x, w1, c5b);
                a0 += step;
                a1 += step;
                w += wStep;
            }
        }

        T.Store(c0a, acc);
        T.Store(c0b, acc + T.Count);
        T.Store(c1a, acc + 32);
        T.Store(c1b, acc + 32 + T.Count);
        T.Store(c2a, acc + 64);
        T.Store(c2b, acc + 64 + T.Count);
        T.Store(c3a, acc + 96);
        T.Store(c3b, acc + 96 + T.Count);
        T.Store(c4a, acc + 128);
        T.Store(c4b, acc + 128 + T.Count);
        T.Store(c5a, acc + 160);
        T.Store(c5b, acc + 160 + T.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile3<T>(in GemmOperands g, float* weights, nint aOffset, float* acc)
        where T : unmanaged, ILanes<T>
    {
        T c0a = T.Zero; T c0b = T.Zero;
        T c1a = T.Zero; T c1b = T.Zero;
        T c2a = T.Zero; T c2b = T.Zero;
        nint row = g.ARow, step = g.AStep, wStep = g.WStep;
        for (var s = 0; s < g.Segments; s++)
        {
            var w = weights + (s * g.WSegment);
            var a0 = g.A[s] + aOffset;
            for (var k = g.K; k > 0; k--)
            {
                var w0 = T.Load(w);
                var w1 = T.Load(w + T.Count);
                var x = T.Splat(*a0);
                c0a = T.MultiplyAdd(x, w0, c0a);
                c0b = T.MultiplyAdd(x, w1, c0b);
                x = T.Splat(a0[row]);
                c1a = T.MultiplyAdd(x, w0, c1a);
                c1b = T.MultiplyAdd(x, w1, c1b);
                x = T.Splat(a0[2 * row]);
                c2a = T.MultiplyAdd(x, w0, c2a);
                c2b = T.MultiplyAdd(x, w1, c2b);
                a0 += step;
                w += wStep;
            }
        }

        T.Store(c0a, acc);
        T.Store(c0b, acc + T.Count);
        T.Store(c1a, acc + 32);
        T.Store(c1b, acc + 32 + T.Count);
        T.Store(c2a, acc + 64);
        T.Store(c2b, acc + 64 + T.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile2<T>(in GemmOperands g, float* weights, nint aOffset, float* acc)
        where T : unmanaged, ILanes<T>
    {
        T c0a = T.Zero; T c0b = T.Zero;
        T c1a = T.Zero; T c1b = T.Zero;
        nint row = g.ARow, step = g.AStep, wStep = g.WStep;
        for (var s = 0; s < g.Segments; s++)
        {
            var w = weights + (s * g.WSegment);
            var a0 = g.A[s] + aOffset;
            for (var k = g.K; k > 0; k--)
            {
                var w0 = T.Load(w);
                var w1 = T.Load(w + T.Count);
                var x = T.Splat(*a0);
                c0a = T.MultiplyAdd(x, w0, c0a);
                c0b = T.MultiplyAdd(x, w1, c0b);
                x = T.Splat(a0[row]);
                c1a = T.MultiplyAdd(x, w0, c1a);
                c1b = T.MultiplyAdd(x, w1, c1b);
                a0 += step;
                w += wStep;
            }
        }

        T.Store(c0a, acc);
        T.Store(c0b, acc + T.Count);
        T.Store(c1a, acc + 32);
        T.Store(c1b, acc + 32 + T.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile1<T>(in GemmOperands g, float* weights, nint aOffset, float* acc)
        where T : unmanaged, ILanes<T>
    {
        T c0a = T.Zero; T c0b = T.Zero;
        nint step = g.AStep, wStep = g.WStep;
        for (var s = 0; s < g.Segments; s++)
        {
            var w = weights + (s * g.WSegment);
            var a0 = g.A[s] + aOffset;
            for (var k = g.K; k > 0; k--)
            {
                var w0 = T.Load(w);
                var w1 = T.Load(w + T.Count);
                var x = T.Splat(*a0);
                c0a = T.MultiplyAdd(x, w0, c0a);
                c0b = T.MultiplyAdd(x, w1, c0b);
                a0 += step;
                w += wStep;
            }
        }

        T.Store(c0a, acc);
        T.Store(c0b, acc + T.Count);
    }
}
