using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using SanaLive.Runtime.Engine;
using SanaLive.Sessions.Encoding;

namespace SanaLive.Bench;

/// <summary>
/// What a block of the embedded model costs, stage by stage; that neither time nor state grows with the stream; and how many times faster
/// than real time, and how much in time, several sessions at once are made (<see cref="SessionsBench"/>).
/// </summary>
internal static class EngineBench
{
    private const int FirstBlocks = 24;
    private static readonly int[] Looks = [1, 100, 500];
    private const int Around = 10;

    /// <param name="args"><see cref="EngineBenchOptions.Usage"/>.</param>
    public static int Run(string[] args)
    {
        EngineBenchOptions options;
        try
        {
            options = EngineBenchOptions.Parse(args);
        }
        catch (ArgumentException wrong)
        {
            Console.Error.WriteLine(wrong.Message);
            return 2;
        }

        return RunAsync(options).GetAwaiter().GetResult();
    }

    private static async Task<int> RunAsync(EngineBenchOptions options)
    {
        var loading = Stopwatch.StartNew();
        await using var engine = CpuEngine.Load(options.Folder, new CpuEngineOptions { Threads = options.Threads, Precision = options.Precision });
        using var encoder = new Vp8BlockEncoder(new Vp8Options(), TimeProvider.System);
        var card = engine.Model;
        Console.WriteLine(FormattableString.Invariant(
            $"{card.Name}: {card.Parameters / 1e6:F1} M parameters, {card.Width}x{card.Height} at {card.FramesPerSecond}/s, {card.FramesPerBlock} frames a block, {card.Steps} steps, {card.StatePolicy}"));
        Console.WriteLine(FormattableString.Invariant(
            $"{engine.Facts.Kernels} {engine.Facts.Precision}, {engine.Facts.Threads} threads; loaded, warm and measured after {loading.Elapsed.TotalSeconds:F1} s: {engine.MeasuredBlocksPerSecond:F1} blocks/s"));

        var prompt = await engine.ReadPromptAsync(null, card.DefaultPrompt, CancellationToken.None);
        using var stream = engine.CreateStream(1);
        // A shorter run looks at fewer of them.
        var looks = Looks.Where(number => number <= Math.Max(100, 2 * options.Blocks)).ToArray();
        var blocks = new List<BlockCost>(looks[^1] + 1);
        var state = new SortedDictionary<long, long>();

        await Continue(engine, encoder, stream, prompt, FirstBlocks, blocks, state);

        var stages = new SortedDictionary<string, double>
        {
            ["denoise"] = Median(blocks.Select(block => block.Denoise)),
            ["statePass"] = Median(blocks.Select(block => block.StatePass)),
            ["decode"] = Median(blocks.Select(block => block.Decode)),
            ["encode"] = Median(blocks.Select(block => block.Encode)),
        };
        stages["total"] = Math.Round(stages.Values.Sum(), 2);
        Console.WriteLine("\nms per block");
        foreach (var (stage, milliseconds) in stages)
            Console.WriteLine(FormattableString.Invariant($"  {stage,-10} {milliseconds,8:F2}"));

        // The engine alone, on the way to the last of them: what it allocates beside the frames that it gives away.
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var alone = looks[^1] + 1 - FirstBlocks;
        await Continue(engine, null, stream, prompt, alone, blocks, state);
        var frames = (long)card.FramesPerBlock * card.Width * card.Height * 3;
        var besideFrames = (GC.GetTotalAllocatedBytes(precise: true) - allocated) / alone - frames;

        foreach (var number in looks)
            stages[$"computeAtBlock{number}"] = Median(blocks.Skip(Math.Max(1, number - Around)).Take(Around + 1).Select(block => block.Denoise + block.StatePass + block.Decode));

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"ms of compute at block {string.Join(", ", looks)}: {string.Join(", ", looks.Select(number => stages[$"computeAtBlock{number}"].ToString("F2", CultureInfo.InvariantCulture)))}"));
        Console.WriteLine(FormattableString.Invariant($"allocated per block beside the {frames} bytes of frames: {besideFrames} bytes"));
        Console.WriteLine($"state bytes at block {string.Join(", ", looks)}: {string.Join(", ", state.Values)}");

        Console.WriteLine($"\n{(options.Minutes is { } minutes ? FormattableString.Invariant($"{minutes,4} minutes a row") : $"{options.Blocks,4} blocks a row ")}    real-time   ms from asking to encoded     ready before  deadlines");
        Console.WriteLine("sessions at once   factor, each       p50       p95       p99   due, ms p50      missed");
        var cells = new List<SessionsCell>();
        foreach (var sessions in options.Sessions)
        {
            var cell = await SessionsBench.MeasureAsync(engine, encoder, sessions, options.Blocks, options.Minutes);
            cells.Add(cell);
            Console.WriteLine(FormattableString.Invariant(
                $"{cell.Sessions,16} {cell.RealTimeFactor,14:F2} {cell.P50,9:F1} {cell.P95,9:F1} {cell.P99,9:F1} {cell.LeadMs,13:F0} {cell.Misses,6} = {cell.MissShare:P1}"));
        }

        Console.WriteLine(JsonSerializer.Serialize(
            new
            {
                sessions = cells,
                stateBytes = state.Values,
                msPerBlock = stages,
                allocatedBytesPerBlock = besideFrames,
                kernels = engine.Facts.Kernels,
                precision = engine.Facts.Precision,
                threads = engine.Facts.Threads,
            },
            JsonSerializerOptions.Web));
        return 0;
    }

    private static async Task Continue(
        IEngine engine, Vp8BlockEncoder? encoder, IVideoStream stream, Prompt prompt, int count, List<BlockCost> blocks, SortedDictionary<long, long> state)
    {
        for (var i = 0; i < count; i++)
        {
            var made = await engine.GenerateAsync(stream, new BlockRequest(prompt, DateTimeOffset.UnixEpoch.AddSeconds(stream.NextBlock)), CancellationToken.None);
            var encoded = encoder is null ? default : (await encoder.EncodeAsync(made.Frames, engine.Model, CancellationToken.None)).Duration;
            blocks.Add(new BlockCost(made.Timings.Denoise.TotalMilliseconds, made.Timings.StatePass.TotalMilliseconds, made.Timings.Decode.TotalMilliseconds, encoded.TotalMilliseconds));
            if (Looks.Contains((int)made.Number))
                state[made.Number] = stream.StateBytes;
        }
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return Math.Round(sorted[sorted.Length / 2], 2);
    }

    private readonly record struct BlockCost(double Denoise, double StatePass, double Decode, double Encode);
}
