using System.Diagnostics;
using System.Text.Json;
using SanaLive.Runtime.Engine;
using SanaLive.Runtime.Kernels.Cpu;

namespace SanaLive.Bench;

/// <summary>
/// Why the engine on the processor makes one block after the other with all its threads. Two other ways, each by the most that it could
/// gain: blocks of several sessions in one pass (batching), and different work on different cores (a decode beside the next denoising).
/// </summary>
internal static class SchedulingBench
{
    private const int Rounds = 15;

    /// <param name="args">Optional: the folder of a model.</param>
    public static int Run(string[] args)
    {
        var folder = args.FirstOrDefault(Directory.Exists) ?? EmbeddedModel.FindFolder();
        var threads = Environment.ProcessorCount;
        var (one, two) = Batching(folder, threads);
        Console.WriteLine(FormattableString.Invariant($"one denoising pass, {threads} threads, median of {Rounds} in turn"));
        Console.WriteLine(FormattableString.Invariant($"  tokens of one block   {one,8:F2} ms"));
        Console.WriteLine(FormattableString.Invariant($"  tokens of two blocks  {two,8:F2} ms: batching two sessions could make a pass at most {2 * one / two:F3} times faster"));

        var (together, apart) = OverlappingAsync(folder, threads).GetAwaiter().GetResult();
        Console.WriteLine(FormattableString.Invariant($"\n{threads} sessions, blocks a second of all, median of {Rounds} in turn"));
        Console.WriteLine(FormattableString.Invariant($"  one engine, all threads on each block  {together,8:F2}"));
        Console.WriteLine(FormattableString.Invariant($"  an engine of one thread for each       {apart,8:F2}: overlapping could gain at most {apart / together:F3} times, and a block would take {threads / (apart / together):F2} times as long"));
        Console.WriteLine(JsonSerializer.Serialize(
            new { threads, passMs = one, passOfTwoMs = two, batchingGain = 2 * one / two, together, apart, overlapGain = apart / together }, JsonSerializerOptions.Web));
        return 0;
    }

    private static (double One, double Two) Batching(string folder, int threads)
    {
        using var kernels = new CpuKernelSet(threads);
        using var model = VideoModel.Load(folder, kernels);
        var prompt = model.Prompts.Read(null, model.Prompts.DefaultPrompt);
        using var text = model.Transformer.CreateText(prompt.Tokens);
        model.Transformer.ReadText(prompt.Embedding.Span, text);
        var (one, two) = (new List<double>(), new List<double>());
        for (var round = -3; round < Rounds; round++)
        {
            var (first, second) = (Pass(1), Pass(2));
            if (round < 0) continue;
            one.Add(first);
            two.Add(second);
        }

        return (Median(one), Median(two));

        double Pass(int blocks)
        {
            var grid = model.Grid with { Frames = blocks * model.Grid.Frames };
            var rows = grid.Frames * model.LatentHeight * model.LatentWidth;
            using var latents = kernels.Create(rows, model.Transformer.Config.InChannels);
            using var flow = kernels.Create(rows, model.Transformer.Config.OutChannels);
            kernels.Write(latents, new float[latents.Count]);
            var began = Stopwatch.GetTimestamp();
            for (var i = 0; i < 4; i++)
                model.Transformer.Forward(latents, grid, [500f], text, null, null, flow);
            return Stopwatch.GetElapsedTime(began).TotalMilliseconds / 4;
        }
    }

    private static async Task<(double Together, double Apart)> OverlappingAsync(string folder, int threads)
    {
        await using var all = CpuEngine.Load(folder, new CpuEngineOptions { Threads = threads });
        var single = Enumerable.Range(0, threads).Select(i => CpuEngine.Load(folder, new CpuEngineOptions { Threads = 1, Name = $"cpu-{i}" })).ToList();
        var prompt = await all.ReadPromptAsync(null, all.Model.DefaultPrompt, CancellationToken.None);
        var (together, apart) = (new List<double>(), new List<double>());
        for (var round = -1; round < Rounds; round++)
        {
            var (first, second) = (await RateAsync(_ => all), await RateAsync(i => single[i]));
            if (round < 0) continue;
            together.Add(first);
            apart.Add(second);
        }

        foreach (var engine in single) await engine.DisposeAsync();
        return (Median(together), Median(apart));

        async Task<double> RateAsync(Func<int, CpuEngine> engine)
        {
            const int blocks = 4;
            var began = Stopwatch.GetTimestamp();
            await Task.WhenAll(Enumerable.Range(0, threads).Select(i => Task.Run(async () =>
            {
                using var stream = engine(i).CreateStream((ulong)i);
                for (var block = 0; block < blocks; block++)
                    await engine(i).GenerateAsync(stream, new BlockRequest(prompt, DateTimeOffset.UnixEpoch.AddSeconds(block)), CancellationToken.None);
            })));
            return threads * blocks / Stopwatch.GetElapsedTime(began).TotalSeconds;
        }
    }

    private static double Median(List<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }
}
