using System.Globalization;
using SanaLive.Eval.Inputs;
using SanaLive.Eval.Reporting;
using SanaLive.Eval.Statistics;

namespace SanaLive.Eval.Measures;

/// <summary>
/// Long streams, made in latents; only what is looked at is decoded, after as many blocks as the decoder remembers, so that its pictures are those of a stream
/// decoded from its beginning.
/// </summary>
internal static class Drift
{
    private const ulong FirstSeed = 40_000;

    public static async Task<IReadOnlyList<DriftResult>> RunAsync(
        EvalContext context, IReadOnlyList<Sentence> sentences, int latentFramesRemembered, CancellationToken cancellation)
    {
        var plan = context.Size.Drift.SelectMany(part => Enumerable.Repeat(part.Minutes, part.Streams)).ToArray();
        var results = new List<DriftResult>();
        for (var i = 0; i < plan.Length; i++)
        {
            var index = i;
            results.Add(await context.Journal.GetAsync(
                $"drift/{i}", () => MakeAsync(context, sentences[index], FirstSeed + (ulong)index, plan[index], latentFramesRemembered, $"long stream {index + 1} of {plan.Length}, blocks", cancellation)));
        }

        return results;
    }

    public static IEnumerable<Row> Rows(IReadOnlyList<DriftResult> results)
    {
        var lost = results[0].Early.Right.Keys
            .Select(name => (name, change: results.Average(result => result.Late.Right[name] - result.Early.Right[name])))
            .Where(pair => pair.change < -.01).OrderBy(pair => pair.change).Take(3).Select(pair => FormattableString.Invariant($"{pair.name} {100 * pair.change:0.0}"));
        var (early, late) = (Told(result => result.Early), Told(result => result.Late));
        var worst = string.Join(", ", lost);
        yield return new Row("drift.early", $"long streams, {Minutes(results.Select(result => result.Early.Minute))}", early, null, $"{results.Count} streams, half seconds pooled over the attributes");
        yield return new Row("drift.late", $"long streams, {Minutes(results.Select(result => result.Late.Minute))}", late, null, "the same at their end");
        yield return new Row(
            "drift.difference", "drift: late minus early", Bootstrap.Mean([.. results.Select(result => result.Late.Share() - result.Early.Share())]), Limit.LowerEndAtLeast(-.03),
            $"paired by stream{(worst.Length > 0 ? $"; points lost: {worst}" : "")}");
        foreach (var minute in results.SelectMany(result => result.Looks.Skip(1)).Select(look => look.Minute).Distinct().Order())
        {
            var differences = results.Where(result => result.Looks.Any(look => look.Minute == minute))
                .Select(result => result.Looks.Single(look => look.Minute == minute).Share() - result.Early.Share()).ToArray();
            yield return new Row($"drift.minute{minute:0}", FormattableString.Invariant($"  at minute {minute:0.#}"), Bootstrap.Mean(differences), null, $"{differences.Length} streams");
        }

        Interval Told(Func<DriftResult, DriftLook> look) => Bootstrap.Mean([.. results.Select(result => look(result).Share())]);
    }

    /// <summary>The Frechet distance of late features to fresh drawings over that of early ones; streams are drawn anew for the interval, drawings are not.</summary>
    public static Row FrechetRow(IReadOnlyList<DriftResult> results, IReadOnlyList<float[]> drawings)
    {
        var reference = new Frechet(drawings);
        var clouds = results.Select(result => (
            Early: DriftLook.Unpack(result.Early.Features, drawings[0].Length).ToArray(), Late: DriftLook.Unpack(result.Late.Features, drawings[0].Length).ToArray())).ToArray();
        var (early, late) = (reference.To([.. clouds.SelectMany(cloud => cloud.Early)]), reference.To([.. clouds.SelectMany(cloud => cloud.Late)]));
        var ratio = Bootstrap.Of(
            clouds, drawn => reference.To([.. drawn.SelectMany(cloud => cloud.Late)]) / reference.To([.. drawn.SelectMany(cloud => cloud.Early)]), drawings: 60);
        return new Row(
            "frechetRatio", "Frechet distance, late over early", ratio, Limit.AtMost(1.25),
            FormattableString.Invariant($"{early:0.00} early, {late:0.00} late, to {drawings.Count} fresh drawings of the same attributes"));
    }

    /// <summary>Features of fresh drawings of what the streams should show.</summary>
    public static async Task<IReadOnlyList<float[]>> DrawingsAsync(EvalContext context, IReadOnlyList<DriftResult> results, CancellationToken cancellation)
    {
        const int seed = 7_002;
        var asked = results.SelectMany(result => Enumerable.Repeat<IReadOnlyDictionary<string, string>>(result.Asked, context.Size.RendersPerDriftStream)).ToArray();
        var done = 0;
        while (done < asked.Length && context.Journal.Has($"frechet/{done}"))
            done++;
        await foreach (var clip in context.Questions.DrawAsync(asked.Length, seed, context.Judge.Frames, done, asked, cancellation))
        {
            context.Journal.Add($"frechet/{done++}", DriftLook.Pack([context.Judge.Look(clip.Frames).Features]));
            context.Progress.Done("drawings of the long streams' attributes", done, asked.Length);
        }

        return [.. Enumerable.Range(0, asked.Length).Select(i => DriftLook.Unpack(context.Journal.Get<string>($"frechet/{i}"), int.MaxValue).Single())];
    }

    private static async Task<DriftResult> MakeAsync(
        EvalContext context, Sentence sentence, ulong seed, double[] minutes, int latentFramesRemembered, string name, CancellationToken cancellation)
    {
        var card = context.Engine.Model;
        var perSecond = (double)card.FramesPerSecond / card.FramesPerBlock;
        var asked = context.Whole(sentence.Named);
        using var take = new Take(context, seed);
        await take.SayAsync(sentence.Text, cancellation);
        var looks = new List<DriftLook>();
        var end = (long)Math.Round(minutes[^1] * 60 * perSecond);
        foreach (var minute in minutes)
        {
            var count = (int)Math.Round(context.Size.DriftSeconds * perSecond);
            var from = (long)Math.Round(minute * 60 * perSecond) - count;
            while (take.Next < from)
            {
                await take.MakeAsync(decode: take.Next >= from - latentFramesRemembered, cancellation);
                context.Progress.Done(name, (int)take.Next, (int)end);
            }

            var seen = await take.LookAsync(count, cancellation);
            looks.Add(new DriftLook(
                minute,
                context.Judge.Attributes.Select((attribute, a) => (attribute.Name, Right: seen.Average(half => attribute.Values[half.Verdict.Of(a)] == asked[attribute.Name] ? 1.0 : 0.0)))
                    .ToDictionary(pair => pair.Name, pair => pair.Right),
                DriftLook.Pack(seen.Select(half => half.Verdict.Features))));
        }

        return new DriftResult(sentence.Text, asked, looks);
    }

    private static string Minutes(IEnumerable<double> minutes) =>
        "minute " + string.Join(" or ", minutes.Distinct().Order().Select(minute => minute.ToString("0.#", CultureInfo.InvariantCulture)));
}
