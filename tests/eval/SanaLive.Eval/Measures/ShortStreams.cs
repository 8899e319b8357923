using SanaLive.Eval.Inputs;
using SanaLive.Eval.Judging;

namespace SanaLive.Eval.Measures;

/// <summary>Makes the short streams of held-out prompts that following and flicker are read from.</summary>
internal static class ShortStreams
{
    /// <param name="context">What to work with.</param>
    /// <param name="name">Of this set, in the journal.</param>
    /// <param name="sentences">One stream each.</param>
    /// <param name="seed">Streams have the seeds from here on.</param>
    /// <param name="cancellation">Stops between two blocks.</param>
    public static async Task<IReadOnlyList<StreamResult>> RunAsync(
        EvalContext context, string name, IReadOnlyList<Sentence> sentences, ulong seed, CancellationToken cancellation)
    {
        var results = new List<StreamResult>();
        for (var i = 0; i < sentences.Count; i++)
        {
            var index = i;
            results.Add(await context.Journal.GetAsync($"{name}/{i}", () => MakeAsync(context, sentences[index], seed + (ulong)index, cancellation)));
            context.Progress.Done(name, i + 1, sentences.Count);
        }

        return results;
    }

    private static async Task<StreamResult> MakeAsync(EvalContext context, Sentence sentence, ulong seed, CancellationToken cancellation)
    {
        var card = context.Engine.Model;
        using var take = new Take(context, seed);
        await take.SayAsync(sentence.Text, cancellation);
        for (var i = 0; i < EvalSize.SkippedBlocks; i++)
            await take.MakeAsync(decode: true, cancellation);
        var seen = await take.LookAsync(context.Size.StreamBlocks - EvalSize.SkippedBlocks, cancellation);
        var (border, inside) = FrameChange.Measure([.. seen.Select(half => half.Frames)], card.Width * card.Height * 3);
        return new StreamResult(
            sentence.Text, sentence.Named.ToDictionary(), take.Prompt!.Meaning, context.Words(Verdict.Mean([.. seen.Select(half => half.Verdict)])),
            border, inside);
    }
}
