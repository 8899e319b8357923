using System.Text.Json;
using SanaLive.Runtime.Engine;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Bench;

/// <summary>
/// What 8-bit linears gain and what they change: two engines make the same stream, block by block in turn, so that whatever else the
/// machine does meets both. Whether pictures suffer is for the judge to say (<c>./sanalive eval --precision int8</c>).
/// </summary>
internal static class PrecisionBench
{
    private const int Blocks = 40;
    private const int WarmUp = 4;

    /// <param name="args">Optional: the folder of a model, and how many threads compute.</param>
    public static int Run(string[] args) => RunAsync(args).GetAwaiter().GetResult();

    private static async Task<int> RunAsync(string[] args)
    {
        var threads = args.Select(arg => int.TryParse(arg, out var number) ? number : 0).Max(number => (int?)number) ?? 0;
        var folder = args.FirstOrDefault(Directory.Exists) ?? EmbeddedModel.FindFolder();
        await using var plain = CpuEngine.Load(folder, new CpuEngineOptions { Threads = threads, Precision = Precision.Fp32 });
        await using var bytes = CpuEngine.Load(folder, new CpuEngineOptions { Threads = threads, Precision = Precision.Int8 });
        Console.WriteLine($"{plain.Model.Name}, {plain.Facts.Kernels}, {plain.Facts.Threads} threads.{bytes.Facts.Reason[bytes.Facts.Reason.LastIndexOf(". ", StringComparison.Ordinal)..][1..]}");
        var prompt = await plain.ReadPromptAsync(null, plain.Model.DefaultPrompt, CancellationToken.None);
        using var a = plain.CreateStream(1);
        using var b = bytes.CreateStream(1);
        var (costs, byteCosts, likeness) = (new List<BlockTimings>(), new List<BlockTimings>(), new List<double>());
        for (var block = 0; block < WarmUp + Blocks; block++)
        {
            var one = await plain.GenerateAsync(a, new BlockRequest(prompt, default), CancellationToken.None);
            var other = await bytes.GenerateAsync(b, new BlockRequest(prompt, default), CancellationToken.None);
            likeness.Add(Psnr(one.Frames, other.Frames));
            if (block < WarmUp)
                continue;
            costs.Add(one.Timings);
            byteCosts.Add(other.Timings);
        }

        Console.WriteLine(FormattableString.Invariant($"\nms per block, the median of {Blocks}      fp32      int8     ratio"));
        var stages = new SortedDictionary<string, double[]>();
        Row("denoise", timings => timings.Denoise);
        Row("statePass", timings => timings.StatePass);
        Row("decode", timings => timings.Decode);
        Row("compute", timings => timings.Compute);
        var later = likeness.Skip(1).Order().ToArray();
        Console.WriteLine(FormattableString.Invariant(
            $"\nPSNR of the int8 stream's pictures against the fp32 stream's: first block {likeness[0]:F1} dB, later ones {later[0]:F1} to {later[^1]:F1} dB, median {later[later.Length / 2]:F1} dB"));
        Console.WriteLine(JsonSerializer.Serialize(
            new
            {
                kernels = plain.Facts.Kernels,
                threads = plain.Facts.Threads,
                msPerBlock = stages,
                psnr = new { first = Math.Round(likeness[0], 2), least = Math.Round(later[0], 2), median = Math.Round(later[later.Length / 2], 2) },
            },
            JsonSerializerOptions.Web));
        return 0;

        void Row(string stage, Func<BlockTimings, TimeSpan> part)
        {
            var (left, right) = (Median(costs, part), Median(byteCosts, part));
            stages[stage] = [Math.Round(left, 2), Math.Round(right, 2), Math.Round(left / right, 3)];
            Console.WriteLine(FormattableString.Invariant($"  {stage,-32} {left,9:F2} {right,9:F2} {left / right,9:F2}"));
        }
    }

    private static double Median(List<BlockTimings> timings, Func<BlockTimings, TimeSpan> part)
    {
        var sorted = timings.Select(timing => part(timing).TotalMilliseconds).Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    private static double Psnr(byte[] a, byte[] b)
    {
        var sum = 0L;
        for (var i = 0; i < a.Length; i++)
            sum += (a[i] - b[i]) * (a[i] - b[i]);
        return 10 * Math.Log10(255.0 * 255 * a.Length / Math.Max(sum, 1));
    }
}
