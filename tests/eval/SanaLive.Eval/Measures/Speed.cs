using SanaLive.Eval.Reporting;
using SanaLive.Eval.Statistics;
using SanaLive.Runtime.Engine;

namespace SanaLive.Eval.Measures;

/// <summary>
/// Scroll speed against the asked one, in pixels per second, set by the control of that name. The speedometer sees only what the lowest rows show: it is
/// right where there is ground and nothing in front of it (no rain, snow or fog, no water that mirrors what is far away), so the streams are asked for that.
/// Drawings of the same kind set its factor (its rows lie a little behind the nearest layer), and its own error on them is told beside its result.
/// </summary>
internal sealed class Speed
{
    private const ulong FirstSeed = 60_000;
    private static readonly string[] Lands = ["meadow", "forest", "desert", "city"];
    private static readonly string[] Times = ["dawn", "day"];
    private static readonly string[] Subjects = ["none", "train", "bird", "balloon"];
    private readonly double factor;
    private readonly Interval own;
    private readonly int count;

    /// <param name="drawings">Of anything; those that the speedometer can read are used.</param>
    public Speed(IReadOnlyList<RenderResult> drawings)
    {
        var readable = drawings.Where(drawing => drawing.Values["weather"] == "clear" && Lands.Contains(drawing.Values["biome"]) && drawing.Values["subject"] != "boat").ToArray();
        count = readable.Length;
        factor = count == 0 ? 1 : Median(readable.Select(drawing => drawing.Measured / drawing.Asked));
        own = count == 0 ? new Interval(double.NaN, double.NaN, double.NaN) : Bootstrap.Of(readable, drawn => Median(drawn.Select(drawing => Error(drawing.Measured, drawing.Asked))));
    }

    public static async Task<IReadOnlyList<SpeedResult>> RunAsync(EvalContext context, CancellationToken cancellation)
    {
        var results = new List<SpeedResult>();
        for (var i = 0; i < context.Size.SpeedStreams; i++)
        {
            var index = i;
            results.Add(await context.Journal.GetAsync($"speed/{i}", () => MakeAsync(context, index, cancellation)));
            context.Progress.Done("speeds", i + 1, context.Size.SpeedStreams);
        }

        return results;
    }

    public IEnumerable<Row> Rows(IReadOnlyList<SpeedResult> streams)
    {
        yield return new Row("speedometer", "the speedometer itself", own, null, FormattableString.Invariant($"median error on {count} drawings of clear land; its factor is {factor:0.000}"));
        var errors = streams.Select(stream => Error(stream.Measured, stream.Asked)).ToArray();
        yield return new Row(
            "speedError", "scroll speed, error", Bootstrap.Of(errors, drawn => Median(drawn)), Limit.AtMost(.15),
            FormattableString.Invariant($"median of {errors.Length} streams of clear land at 10 to 60 px/s; {errors.Count(error => error <= .15)} within 15 %"));
    }

    internal static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static async Task<SpeedResult> MakeAsync(EvalContext context, int index, CancellationToken cancellation)
    {
        var card = context.Engine.Model;
        var speed = 10 + 50.0 * index / Math.Max(1, context.Size.SpeedStreams - 1);
        var left = index % 2 == 1;
        using var take = new Take(context, FirstSeed + (ulong)index);
        await take.SetAsync(
            new Dictionary<string, ControlValue>
            {
                ["biome"] = Lands[index % Lands.Length],
                ["time"] = Times[index / 4 % Times.Length],
                ["weather"] = "clear",
                ["subject"] = Subjects[index / 2 % Subjects.Length],
                ["speed"] = speed,
                ["direction"] = left ? "left" : "right",
            },
            cancellation);
        for (var i = 0; i < EvalSize.SkippedBlocks; i++)
            await take.MakeAsync(decode: true, cancellation);
        var measured = new List<double>();
        for (var i = 0; i < EvalSize.SpeedBlocks; i++)
            measured.Add(ScrollSpeed.Measure(await take.MakeAsync(decode: true, cancellation), card.Width, card.Height, card.FramesPerSecond).PixelsPerSecond);
        return new SpeedResult(left ? -speed : speed, Median(measured));
    }

    private double Error(double measured, double asked) => Math.Abs(measured / factor - asked) / Math.Abs(asked);
}
