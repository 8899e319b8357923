using SanaLive.Eval.Inputs;
using SanaLive.Eval.Judging;
using SanaLive.Eval.Reporting;
using SanaLive.Eval.Statistics;
using SanaLive.Runtime.Vae;

namespace SanaLive.Eval.Measures;

/// <summary>Streams that begin with a fresh drawing: whether they show it, and go on with what is in it.</summary>
internal static class StartImages
{
    private const ulong FirstSeed = 70_000;
    private const int Seed = 7_003;

    /// <summary>The last two seconds.</summary>
    private const int JudgedBlocks = 4;

    /// <summary>The picture stands still for one latent frame.</summary>
    private const int StillFrames = WorldVaeConfig.FramesPerLatent;

    public static async Task<IReadOnlyList<Row>> RunAsync(EvalContext context, CancellationToken cancellation)
    {
        var count = context.Size.StartImages;
        var done = 0;
        while (done < count && context.Journal.Has($"images/{done}"))
            done++;
        await foreach (var drawing in context.Questions.DrawAsync(count, Seed, 1, done, null, cancellation))
        {
            context.Journal.Add($"images/{done}", await MakeAsync(context, drawing, FirstSeed + (ulong)done, cancellation));
            context.Progress.Done("start images", ++done, count);
        }

        return Rows([.. Enumerable.Range(0, count).Select(i => context.Journal.Get<StartImageResult>($"images/{i}"))], context.Judge.InAPicture);
    }

    public static IReadOnlyList<Row> Rows(IReadOnlyList<StartImageResult> results, IReadOnlyList<string> seenInAPicture)
    {
        var kept = results.Select(result => seenInAPicture.Average(name => result.Seen[name] == result.Drawn[name] ? 1.0 : 0.0)).ToArray();
        var lost = string.Join(", ", results.SelectMany(result => seenInAPicture.Where(name => result.Seen[name] != result.Drawn[name]))
            .GroupBy(name => name).OrderByDescending(group => group.Count()).Select(group => $"{group.Count()} {group.Key}"));
        return
        [
            new Row("startImage.psnr", "start image: PSNR, dB", Bootstrap.Mean([.. results.Select(result => result.Psnr)]), Limit.AtLeast(28), $"the first four pictures to the given one, {results.Count} streams"),
            new Row(
                "startImage.kept", "start image: what stays for 5 s", Bootstrap.MeanShare(kept), null,
                $"of {string.Join(", ", seenInAPicture)}, in the fourth and fifth second, without a word{(lost.Length > 0 ? $"; lost: {lost}" : "")}"),
        ];
    }

    private static async Task<StartImageResult> MakeAsync(EvalContext context, Rendering drawing, ulong seed, CancellationToken cancellation)
    {
        var image = await context.Engine.ReadImageAsync(drawing.Frames, cancellation);
        using var take = new Take(context, seed, image);
        if (image.Controls.Count > 0)
            await take.SetAsync(image.Controls, cancellation);
        else
            await take.SayAsync(context.Engine.Model.DefaultPrompt, cancellation);
        var first = await take.MakeAsync(decode: true, cancellation);
        var psnr = Enumerable.Range(0, StillFrames).Average(i => PictureQuality.Psnr(drawing.Frames, first.AsSpan(i * drawing.Frames.Length, drawing.Frames.Length)));
        for (var i = 1; i < EvalSize.StartImageBlocks - JudgedBlocks; i++)
            await take.MakeAsync(decode: true, cancellation);
        var seen = await take.LookAsync(JudgedBlocks, cancellation);
        return new StartImageResult(drawing.Values.ToDictionary(), context.Words(Verdict.Mean([.. seen.Select(half => half.Verdict)])), psnr);
    }
}
