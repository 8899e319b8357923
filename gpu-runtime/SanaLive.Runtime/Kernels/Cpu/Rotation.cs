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

    /// <summary>Floats of one token's table.</summary>
    public static int TableLength(int d) => 2 * Padded(d);

    /// <summary>
    /// cos[i] and +-sin[i] for every element of a head, zero past d, so that whatever is read past a head counts for nothing.
    /// </summary>
    /// <param name="cos">[d / 2].</param>
    /// <param name="sin">[d / 2].</param>
    /// <param name="table">[2, Padded(d)].</param>
    public static void Spread(ReadOnlySpan<double> cos, ReadOnlySpan<double> sin, Span<float> table)
    {
        table.Clear();
        var sines = table[(table.Length / 2)..];
        for (var i = 0; i < cos.Length; i++)
        {
            table[2 * i] = table[(2 * i) + 1] = (float)cos[i];
            sines[2 * i] = -(float)sin[i];
            sines[(2 * i) + 1] = (float)sin[i];
        }
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
