using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using SanaLive.Runtime.Kernels.Cpu;

namespace SanaLive.Bench;

/// <summary>
/// The speed of every CPU kernel at the embedded model's shapes, on one thread and on two, beside the measured limit of the processor.
/// The best of many repetitions, because neighbours only ever make a kernel slower.
/// </summary>
internal static class KernelsBench
{
    private static readonly TimeSpan TimePerCase = TimeSpan.FromMilliseconds(120);

    /// <param name="args">Optional: an instruction set (<c>Vector256</c>) and a part of the kernels' names.</param>
    public static int Run(string[] args)
    {
        var set = CpuInstructionSets.Best;
        var filter = string.Empty;
        foreach (var arg in args)
        {
            if (Enum.TryParse(arg, out CpuInstructionSet chosen))
                set = chosen;
            else
                filter = arg;
        }

        var results = new List<KernelsBenchResult>();
        var peaks = new SortedDictionary<string, double>();
        var bandwidths = new SortedDictionary<string, double>();
        var blas = OpenBlas.Find();
        Console.WriteLine(FormattableString.Invariant($"{set}; {Environment.ProcessorCount} processors; {blas?.Name ?? "no OpenBLAS beside it (on Debian and Ubuntu: apt-get install libopenblas0-pthread)"}"));
        foreach (var threads in new[] { 1, 2 })
        {
            var peak = FmaPeak.Measure(threads, set);
            peaks[threads.ToString(CultureInfo.InvariantCulture)] = Math.Round(peak, 1);
            var bandwidth = MemoryBandwidth.Measure(threads);
            bandwidths[threads.ToString(CultureInfo.InvariantCulture)] = Math.Round(bandwidth, 1);
            Console.WriteLine(FormattableString.Invariant($"\n{threads} thread{(threads > 1 ? "s" : "")}: {peak:F1} GFLOP/s of fused multiply-adds, {bandwidth:F1} GB/s of copied memory"));
            if (peak < 0.9 * threads * peaks["1"])
                Console.WriteLine("Something else is using the processors: what follows is too low, and shares of the peak mean little.");
            Console.WriteLine("A 3x3 convolution counts the operations of the plain sum; Winograd's form (32 channels and more) does 2.25 times fewer.");
            Console.WriteLine("kernel                      shape                              us   GFLOP/s  of peak      GB/s  of copy  OpenBLAS GFLOP/s");
            using var kernels = new CpuKernelSet(threads, set);
            foreach (var kernelCase in KernelsBenchCase.All.Where(c => c.Name.Contains(filter, StringComparison.Ordinal)))
            {
                var seconds = Best(kernelCase.Prepare(kernels));
                var other = blas is not null && kernelCase.Product is var (rows, inputs, outputs) ? Best(blas.Product(rows, inputs, outputs, threads)) : (double?)null;
                var result = new KernelsBenchResult(
                    kernelCase.Name,
                    kernelCase.Shape,
                    threads,
                    Math.Round(seconds * 1e6, 1),
                    Math.Round(kernelCase.Flops / seconds / 1e9, 1),
                    Math.Round(kernelCase.Flops / seconds / 1e9 / peak, 3),
                    Math.Round(kernelCase.Bytes / seconds / 1e9, 1),
                    Math.Round(kernelCase.Bytes / seconds / 1e9 / bandwidth, 3),
                    other is { } time ? Math.Round(kernelCase.Flops / time / 1e9, 1) : null);
                results.Add(result);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{result.Kernel,-27} {result.Shape,-27} {result.Microseconds,9:F1} {result.Gflops,9:F1} {result.ShareOfPeak,8:P1} {result.GigabytesPerSecond,9:F1} {result.ShareOfBandwidth,8:P0} {result.OpenBlasGflops,17:F1}"));
            }
        }

        Console.WriteLine(JsonSerializer.Serialize(
            new { instructionSet = set.ToString(), openBlas = blas?.Name, peakGflops = peaks, copyGigabytesPerSecond = bandwidths, kernels = results }, JsonSerializerOptions.Web));
        return 0;
    }

    private static double Best(Action call)
    {
        call();
        var best = double.MaxValue;
        var begin = Stopwatch.GetTimestamp();
        for (var i = 0; i < 5 || Stopwatch.GetElapsedTime(begin) < TimePerCase; i++)
        {
            var start = Stopwatch.GetTimestamp();
            call();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return best;
    }
}
