using System.Runtime.CompilerServices;

namespace SanaLive.Runtime.Kernels.Cpu;

/// <summary>
/// Rope of one token's heads: the pair (a, b) becomes (a cos - b sin, a sin + b cos). The token's table is spread once, so that a vector
/// of a head costs two multiplications and a swap.
/// </summary>
internal static unsafe class Rotation
{
    /// <summary>Floats that a head takes when its rows are padded for the tiles: d rounded up to 16.</summary>
    public static int Padded(int d) => (d + 15) & ~15;

    /// <summary>
    /// cos[i] and +-sin[i] for every element of a head, zero past d, so that whatever is read past a head counts for nothing.
    /// </summary>
    /// <param name="cos">[d / 2].</param>
    /// <param name="sin">[d / 2].</param>
    /// <param name="d">Width of a head.</param>
    /// <param name="table">[2, Padded(d)].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Spread(float* cos, float* sin, int d, float* table)
    {
        var padded = Padded(d);
        var sines = table + padded;
        for (var i = 0; i < d / 2; i++)
        {
            table[2 * i] = cos[i];
            table[(2 * i) + 1] = cos[i];
            sines[2 * i] = -sin[i];
            sines[(2 * i) + 1] = sin[i];
        }
        for (var i = d; i < padded; i++)
            table[i] = sines[i] = 0f;
    }

    /// <summary>Rotates one head: <paramref name="from"/> is [d], <paramref name="to"/> is [Padded(d)], zero past d.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Rotate<T>(float* from, float* table, int padded, float* to)
        where T : unmanaged, ILanes<T>
    {
        for (var i = 0; i < padded; i += T.Count)
        {
            var v = T.Load(from + i);
            T.Store(T.MultiplyAdd(T.SwapPairs(v), T.Load(table + padded + i), v * T.Load(table + i)), to + i);
        }
    }
}
