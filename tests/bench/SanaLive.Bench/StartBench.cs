using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using SanaLive.Runtime.Engine;

namespace SanaLive.Bench;

/// <summary>
/// From the start of a fresh process to the first decoded block of a stream: the runtime, the model's loading and packing, the engine's
/// warming up and measuring, and the block itself (which a stream makes in more steps than later ones).
/// </summary>
internal static class StartBench
{
    private const int Processes = 7;
    private const string Child = "--child";

    /// <param name="args">None; the bench starts itself with one of its own.</param>
    public static int Run(string[] args) => args.Contains(Child) ? First().GetAwaiter().GetResult() : Parent();

    private static int Parent()
    {
        var runs = new List<double[]>();
        Console.WriteLine("ms                     runtime    engine  first block     total");
        for (var i = 0; i < Processes; i++)
        {
            var start = Stopwatch.GetTimestamp();
            using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [typeof(StartBench).Assembly.Location, "start", Child]) { RedirectStandardOutput = true })!;
            var said = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The child process said nothing.");
            var total = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            process.WaitForExit();
            var parts = said.Split(' ').Select(part => double.Parse(part, CultureInfo.InvariantCulture)).ToArray();
            runs.Add([total - parts.Sum(), .. parts, total]);
            Print($"process {i + 1}", runs[^1]);
        }

        var medians = Enumerable.Range(0, 4).Select(part => runs.Select(run => run[part]).Order().ElementAt(Processes / 2)).ToArray();
        Print("median", medians);
        Console.WriteLine(JsonSerializer.Serialize(
            new { msToFirstBlock = new { runtime = medians[0], engine = medians[1], firstBlock = medians[2], total = medians[3], best = runs.Min(run => run[3]) } }, JsonSerializerOptions.Web));
        return 0;
    }

    private static async Task<int> First()
    {
        var start = Stopwatch.GetTimestamp();
        await using var engine = CpuEngine.Load(EmbeddedModel.FindFolder());
        var loaded = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        start = Stopwatch.GetTimestamp();
        using var stream = engine.CreateStream(1);
        var prompt = await engine.ReadPromptAsync(null, engine.Model.DefaultPrompt, CancellationToken.None);
        await engine.GenerateAsync(stream, new BlockRequest(prompt, default), CancellationToken.None);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{loaded:F1} {Stopwatch.GetElapsedTime(start).TotalMilliseconds:F1}"));
        return 0;
    }

    private static void Print(string name, double[] parts) =>
        Console.WriteLine(FormattableString.Invariant($"{name,-19} {parts[0],9:F0} {parts[1],9:F0} {parts[2],12:F0} {parts[3],9:F0}"));
}
