using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace SanaLive.Bench;

/// <summary>How many bytes a second the processor moves when it does nothing else: the ceiling of kernels that compute little.</summary>
internal static unsafe class MemoryBandwidth
{
    /// <summary>Read by each thread, and as many written: what the model's largest tensors have, more than a second-level cache holds.</summary>
    private const int Bytes = 4 << 20;
    private const int Runs = 60;

    /// <returns>GB/s of all threads together, read and written bytes counted once each; the best of 60 copies.</returns>
    public static double Measure(int threads)
    {
        using var barrier = new Barrier(threads);
        var workers = Enumerable.Range(1, threads - 1).Select(_ => new Thread(() => Copy(barrier))).ToArray();
        foreach (var worker in workers)
            worker.Start();
        var best = Copy(barrier);
        foreach (var worker in workers)
            worker.Join();
        return threads * 2.0 * Bytes / best / 1e9;
    }

    /// <returns>Seconds of the quickest copy.</returns>
    private static double Copy(Barrier barrier)
    {
        var from = (byte*)NativeMemory.AlignedAlloc(Bytes, 64);
        var to = (byte*)NativeMemory.AlignedAlloc(Bytes, 64);
        NativeMemory.Fill(from, Bytes, 1);
        var best = double.MaxValue;
        for (var run = 0; run < Runs; run++)
        {
            barrier.SignalAndWait();
            var start = Stopwatch.GetTimestamp();
            Once(from, to);
            barrier.SignalAndWait();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        NativeMemory.AlignedFree(from);
        NativeMemory.AlignedFree(to);
        return best;
    }

    /// <summary>With the stores that kernels use: what they write is read by the next one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Once(byte* from, byte* to)
    {
        for (var end = from + Bytes; from < end; from += 128, to += 128)
        {
            var (a, b, c, d) = (Vector256.Load(from), Vector256.Load(from + 32), Vector256.Load(from + 64), Vector256.Load(from + 96));
            a.Store(to);
            b.Store(to + 32);
            c.Store(to + 64);
            d.Store(to + 96);
        }
    }
}
