using SanaLive.Eval.Inputs;
using SanaLive.Eval.Judging;
using SanaLive.Eval.Reporting;
using SanaLive.Eval.Statistics;

namespace SanaLive.Eval.Measures;

/// <summary>What a cue that names one attribute does: to that attribute, and to the others.</summary>
internal static class Cues
{
    private const ulong FirstSeed = 30_000;

    public static async Task<IReadOnlyList<Row>> RunAsync(EvalContext context, IReadOnlyList<(Sentence First, Sentence Cue)> plan, CancellationToken cancellation)
    {
        var results = new List<CueResult>();
        for (var i = 0; i < plan.Count; i++)
        {
            var index = i;
            results.Add(await context.Journal.GetAsync($"cues/{i}", () => MakeAsync(context, plan[index].First, plan[index].Cue, FirstSeed + (ulong)index, cancellation)));
            context.Progress.Done("cues", i + 1, plan.Count);
        }

        return Rows(results);
    }

    /// <summary>Each sentence with the next cue that asks for something that it does not show already.</summary>
    public static IReadOnlyList<(Sentence First, Sentence Cue)> Plan(EvalContext context, IReadOnlyList<Sentence> sentences, IReadOnlyList<Sentence> cues)
    {
        var next = 0;
        var plan = new List<(Sentence, Sentence)>();
        foreach (var first in sentences)
        {
            var whole = context.Whole(first.Named);
            while (next < cues.Count && whole[cues[next].Named.Keys.Single()] == cues[next].Named.Values.Single())
                next++;
            if (next == cues.Count)
                throw new EvalException($"{cues.Count} cues are too few for {sentences.Count} sentences.");
            plan.Add((first, cues[next++]));
        }

        return plan;
    }

    public static IReadOnlyList<Row> Rows(IReadOnlyList<CueResult> results)
    {
        var reached = results.Count(result => result.ReachedAfter is >= 0 and < EvalSize.BlocksToReach);
        var kept = results.Select(result => result.Kept()).ToArray();
        var times = results.Where(result => result.ReachedAfter >= 0).Select(result => (result.ReachedAfter + 1) / 2.0).Order().ToArray();
        var lost = string.Join(", ", results.SelectMany(result => result.Before.Keys.Where(name => name != result.Attribute && result.Before[name] != result.After[name]))
            .GroupBy(name => name).OrderByDescending(group => group.Count()).Take(3).Select(group => $"{group.Count()} {group.Key}"));
        var missed = string.Join(", ", results.Where(result => result.ReachedAfter is not (>= 0 and < EvalSize.BlocksToReach))
            .GroupBy(result => result.Attribute).OrderByDescending(group => group.Count()).Select(group => $"{group.Count()} {group.Key}"));
        return
        [
            new Row(
                "cueReached", "cue seen within 2 s", Wilson.Share(reached, results.Count), Limit.AtLeast(.95),
                FormattableString.Invariant($"{results.Count} cues; seen after {(times.Length > 0 ? times[times.Length / 2] : double.NaN):0.0} s in the median{(missed.Length > 0 ? $"; missed: {missed}" : "")}")),
            new Row(
                "othersKept", "all else stays", Bootstrap.MeanShare(kept), Limit.AtLeast(.95),
                $"share of the other attributes; all six at once in {kept.Count(share => share == 1)} of {results.Count}{(lost.Length > 0 ? $"; lost: {lost}" : "")}"),
        ];
    }

    private static async Task<CueResult> MakeAsync(EvalContext context, Sentence first, Sentence cue, ulong seed, CancellationToken cancellation)
    {
        using var take = new Take(context, seed);
        await take.SayAsync(first.Text, cancellation);
        for (var i = 0; i < EvalSize.SkippedBlocks; i++)
            await take.MakeAsync(decode: true, cancellation);
        var before = await take.LookAsync(context.Size.StreamBlocks - EvalSize.SkippedBlocks, cancellation);
        await take.SayAsync(cue.Text, cancellation);
        var after = await take.LookAsync(EvalSize.BlocksAfterCue, cancellation);
        var (name, value) = cue.Named.Single();
        var attribute = context.Judge.IndexOf(name);
        var wanted = context.Judge.Attributes[attribute].IndexOf(value);
        var reached = -1;
        for (var i = 0; i + 1 < after.Count && reached < 0; i++)
        {
            if (after[i].Verdict.Of(attribute) == wanted && after[i + 1].Verdict.Of(attribute) == wanted)
                reached = i;
        }

        return new CueResult(
            first.Text, cue.Text, name, value, reached,
            context.Words(Verdict.Mean([.. before.Select(half => half.Verdict)])), context.Words(Verdict.Mean([.. after.TakeLast(4).Select(half => half.Verdict)])));
    }
}
