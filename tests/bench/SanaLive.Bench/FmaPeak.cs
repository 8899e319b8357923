using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using SanaLive.Runtime.Kernels.Cpu;

namespace SanaLive.Bench;

/// <summary>How many fused multiply-adds the processor does when nothing else is in the way: the ceiling of every matrix product.</summary>
internal static class FmaPeak
{
    private const int Iterations = 300_000;
    private const int Chains = 12;

    /// <summary>Kept, so that the chains cannot be optimised away.</summary>
    private static float sink;

    /// <returns>GFLOP/s of all threads together; the best of 40 runs.</returns>
    public static double Measure(int threads, CpuInstructionSet set)
    {
        using var barrier = new Barrier(threads);
        var best = double.MaxValue;
        var workers = new Thread[threads - 1];
        for (var i = 0; i < workers.Length; i++)
        {
            workers[i] = new Thread(() =>
            {
                for (var run = 0; run < 40; run++)
                    Once(barrier, set);
            });
            workers[i].Start();
        }
        for (var run = 0; run < 40; run++)
            best = Math.Min(best, Once(barrier, set));
        foreach (var worker in workers)
            worker.Join();
        return threads * 2.0 * Iterations * Chains * ((int)set / 32) / best / 1e9;
    }

    private static double Once(Barrier barrier, CpuInstructionSet set)
    {
        barrier.SignalAndWait();
        var start = Stopwatch.GetTimestamp();
        sink = set switch
        {
            CpuInstructionSet.Vector512 => Run512(),
            CpuInstructionSet.Vector256 => Run256(),
            _ => Run128(),
        };
        barrier.SignalAndWait();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Run512()
    {
        var (a, b) = (Vector512.Create(1.0001f), Vector512.Create(1e-9f));
        Vector512<float> c0 = a, c1 = a, c2 = a, c3 = a, c4 = a, c5 = a, c6 = a, c7 = a, c8 = a, c9 = a, c10 = a, c11 = a;
        for (var i = 0; i < Iterations; i++)
        {
            c0 = Avx512F.FusedMultiplyAdd(a, b, c0);
            c1 = Avx512F.FusedMultiplyAdd(a, b, c1);
            c2 = Avx512F.FusedMultiplyAdd(a, b, c2);
            c3 = Avx512F.FusedMultiplyAdd(a, b, c3);
            c4 = Avx512F.FusedMultiplyAdd(a, b, c4);
            c5 = Avx512F.FusedMultiplyAdd(a, b, c5);
            c6 = Avx512F.FusedMultiplyAdd(a, b, c6);
            c7 = Avx512F.FusedMultiplyAdd(a, b, c7);
            c8 = Avx512F.FusedMultiplyAdd(a, b, c8);
            c9 = Avx512F.FusedMultiplyAdd(a, b, c9);
            c10 = Avx512F.FusedMultiplyAdd(a, b, c10);
            c11 = Avx512F.FusedMultiplyAdd(a, b, c11);
        }
        return Vector512.Sum(c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + c10 + c11);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Run256()
    {
        var (a, b) = (Vector256.Create(1.0001f), Vector256.Create(1e-9f));
        Vector256<float> c0 = a, c1 = a, c2 = a, c3 = a, c4 = a, c5 = a, c6 = a, c7 = a, c8 = a, c9 = a, c10 = a, c11 = a;
        for (var i = 0; i < Iterations; i++)
        {
            c0 = Fma.MultiplyAdd(a, b, c0);
            c1 = Fma.MultiplyAdd(a, b, c1);
            c2 = Fma.MultiplyAdd(a, b, c2);
            c3 = Fma.MultiplyAdd(a, b, c3);
            c4 = Fma.MultiplyAdd(a, b, c4);
            c5 = Fma.MultiplyAdd(a, b, c5);
            c6 = Fma.MultiplyAdd(a, b, c6);
            c7 = Fma.MultiplyAdd(a, b, c7);
            c8 = Fma.MultiplyAdd(a, b, c8);
            c9 = Fma.MultiplyAdd(a, b, c9);
            c10 = Fma.MultiplyAdd(a, b, c10);
            c11 = Fma.MultiplyAdd(a, b, c11);
        }
        return Vector256.Sum(c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + c10 + c11);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Run128()
    {
        var (a, b) = (Vector128.Create(1.0001f), Vector128.Create(1e-9f));
        Vector128<float> c0 = a, c1 = a, c2 = a, c3 = a, c4 = a, c5 = a, c6 = a, c7 = a, c8 = a, c9 = a, c10 = a, c11 = a;
        for (var i = 0; i < Iterations; i++)
        {
            c0 = Vector128.MultiplyAddEstimate(a, b, c0);
            c1 = Vector128.MultiplyAddEstimate(a, b, c1);
            c2 = Vector128.MultiplyAddEstimate(a, b, c2);
            c3 = Vector128.MultiplyAddEstimate(a, b, c3);
            c4 = Vector128.MultiplyAddEstimate(a, b, c4);
            c5 = Vector128.MultiplyAddEstimate(a, b, c5);
            c6 = Vector128.MultiplyAddEstimate(a, b, c6);
            c7 = Vector128.MultiplyAddEstimate(a, b, c7);
            c8 = Vector128.MultiplyAddEstimate(a, b, c8);
            c9 = Vector128.MultiplyAddEstimate(a, b, c9);
            c10 = Vector128.MultiplyAddEstimate(a, b, c10);
            c11 = Vector128.MultiplyAddEstimate(a, b, c11);
        }
        return Vector128.Sum(c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + c10 + c11);
    }
}
