using System.Diagnostics;
using System.Text.Json;
using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Engine;
using SanaLive.Runtime.Kernels.Cpu;
using SanaLive.Runtime.Model;
using SanaLive.Runtime.Sampling;
using SanaLive.Runtime.State;

namespace SanaLive.Bench;

/// <summary>
/// That neither the bytes of a state nor the time of a block grows with the stream: the shipped model up to block 500, a model of two
/// layers up to block 100,000. Beside it what softmax attention would need: the bytes of a KV cache, worked out, and the time of its
/// attention, measured on the same kernels as far as it goes.
/// </summary>
internal static class StateBench
{
    private const int ShippedBlocks = 500;
    private const int SmallBlocks = 100_000;
    private const int Passes = 5;

    /// <param name="args">Optional: where the drawing goes (docs/state.svg of the repository that one stands in).</param>
    public static int Run(string[] args)
    {
        using var kernels = new CpuKernelSet();
        var svg = args.FirstOrDefault(arg => arg.EndsWith(".svg", StringComparison.Ordinal)) ?? Path.Combine("docs", "state.svg");
        Console.WriteLine("                          block      ms a block         bytes");
        var small = Small(kernels);
        var (shipped, card, softmax) = Shipped(kernels);
        Console.WriteLine(FormattableString.Invariant($"softmax attention of the shipped model with a KV cache, which grows by {card.KeyValueBytesPerBlock} bytes a block:"));
        foreach (var point in softmax)
            Print("  attention alone", point);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(svg))!);
        File.WriteAllText(svg, StateDrawing.Draw(shipped, small, softmax, card.KeyValueBytesPerBlock ?? 0));
        Console.WriteLine($"drawn in {svg}");
        Console.WriteLine(JsonSerializer.Serialize(
            new { kernels = kernels.Name, threads = kernels.Threads, shipped, twoLayers = small, softmax, keyValueBytesPerBlock = card.KeyValueBytesPerBlock }, JsonSerializerOptions.Web));
        return 0;
    }

    /// <summary>The two layers of golden case h2, as its policy is: everything counts, for ever.</summary>
    private static List<StatePoint> Small(CpuKernelSet kernels)
    {
        const int frames = 3, height = 4, width = 6, words = 7;
        var folder = Path.Combine(FindRoot(), "tests", "golden", "h2_longsana_blockwise", "transformer");
        using var checkpoint = Checkpoint.Open(folder);
        using var transformer = new SanaVideoTransformer(kernels, TransformerConfig.Read(Path.Combine(folder, "config.json")), checkpoint);
        using var text = transformer.CreateText(words);
        var embedding = new float[words * transformer.Config.CaptionChannels];
        CounterNoise.Fill(2, 0, 0, embedding);
        transformer.ReadText(embedding, text);
        return Measure(
            "two layers, sum", () => new LatentStream(kernels, transformer, text, StatePolicy.Sum, SamplingPlan.Of(SamplerKind.Euler, [1000, 900, 750, 500]), frames, height, width),
            SmallBlocks, [1, 10, 100, 500, 1_000, 10_000, SmallBlocks], around: 50);
    }

    private static (List<StatePoint> Points, ModelCard Card, List<StatePoint> Softmax) Shipped(CpuKernelSet kernels)
    {
        using var model = VideoModel.Load(EmbeddedModel.FindFolder(), kernels);
        var prompt = model.Prompts.Read(null, model.Prompts.DefaultPrompt);
        using var text = model.Transformer.CreateText(prompt.Tokens);
        model.Transformer.ReadText(prompt.Embedding.Span, text);
        var points = Measure(
            $"{model.Card.Name}, {model.Index.Policy}",
            () => new LatentStream(kernels, model.Transformer, text, model.Index.Policy, model.Index.Plan, model.Index.LatentFramesPerBlock, model.LatentHeight, model.LatentWidth),
            ShippedBlocks, [1, 100, ShippedBlocks], around: 10);
        var softmax = new List<StatePoint>();
        foreach (var blocks in new[] { 1, 3, 10, 30 })
            softmax.Add(new StatePoint(blocks, Softmax(kernels, model, blocks), blocks * model.Card.KeyValueBytesPerBlock!.Value));
        return (points, model.Card, softmax);
    }

    private static List<StatePoint> Measure(string name, Func<LatentStream> create, int last, int[] at, int around)
    {
        // Another stream first: the first blocks of a process are slower, whatever their numbers.
        using (var warmUp = create())
        {
            for (var block = 0; block < 4 * around; block++)
                warmUp.Next();
        }

        using var stream = create();
        var times = new float[last + around + 1];
        for (var block = 0; block < times.Length; block++)
        {
            var start = Stopwatch.GetTimestamp();
            stream.Next();
            times[block] = (float)Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        if (!stream.Finite)
            throw new InvalidOperationException($"{name}: the stream ended in numbers that are none.");
        var points = new List<StatePoint>();
        foreach (var block in at)
        {
            // The median of some around, because neighbours come and go.
            var near = times.Skip(Math.Max(0, block - around)).Take((2 * around) + 1).Order().ToArray();
            points.Add(new StatePoint(block, Math.Round(near[near.Length / 2], 3), stream.StateBytes));
            Print(name, points[^1]);
        }

        return points;
    }

    /// <summary>Attention of one block's tokens to all tokens of so many blocks, for every layer and pass: what takes the place of the state.</summary>
    private static double Softmax(CpuKernelSet kernels, VideoModel model, int blocks)
    {
        var (config, tokens) = (model.Transformer.Config, model.Grid.Tokens);
        using var q = kernels.Create(tokens, config.Hidden);
        using var y = kernels.Create(tokens, config.Hidden);
        using var k = kernels.Create(tokens * blocks, config.Hidden);
        using var v = kernels.Create(tokens * blocks, config.Hidden);
        var best = double.MaxValue;
        for (var i = 0; i < 3; i++)
        {
            var start = Stopwatch.GetTimestamp();
            kernels.CrossAttention(q, k, v, config.Heads, y);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return Math.Round(best * config.Layers * Passes, 2);
    }

    private static void Print(string name, StatePoint point) =>
        Console.WriteLine(FormattableString.Invariant($"{name,-22} {point.Block,8} {point.Milliseconds,15:F3} {point.Bytes,13}"));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "SanaLive.sln")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException($"SanaLive.sln is in no folder above {AppContext.BaseDirectory}: the bench runs in the repository, with its golden cases.");
    }
}
