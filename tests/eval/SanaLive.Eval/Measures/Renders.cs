using SanaLive.Eval.Reporting;
using SanaLive.Eval.Statistics;

namespace SanaLive.Eval.Measures;

/// <summary>Fresh drawings: how far the judge and the speedometer can be trusted, and what the autoencoder keeps.</summary>
internal static class Renders
{
    private const int Seed = 7_001;

    public static async Task<IReadOnlyList<RenderResult>> RunAsync(EvalContext context, Autoencoder autoencoder, CancellationToken cancellation)
    {
        var count = context.Size.Renders;
        var card = context.Engine.Model;
        var done = 0;
        while (done < count && context.Journal.Has($"renders/{done}"))
            done++;
        await foreach (var clip in context.Questions.DrawAsync(count, Seed, context.Judge.Frames, done, null, cancellation))
        {
            var copy = autoencoder.Copy(clip);
            var frame = clip.Width * clip.Height * 3;

            // Similarity of the first and the last picture; the others lie between them.
            var last = clip.Frames.Length - frame;
            var similar = (PictureQuality.Ssim(clip.Frames.AsSpan(0, frame), copy.AsSpan(0, frame), clip.Width)
                + PictureQuality.Ssim(clip.Frames.AsSpan(last), copy.AsSpan(last), clip.Width)) / 2;
            context.Journal.Add($"renders/{done++}", new RenderResult(
                clip.Values.ToDictionary(), context.Words(context.Judge.Look(clip.Frames)), clip.PixelsPerSecond,
                ScrollSpeed.Measure(clip.Frames, clip.Width, clip.Height, card.FramesPerSecond).PixelsPerSecond,
                PictureQuality.Psnr(clip.Frames, copy), similar));
            context.Progress.Done("drawings", done, count);
        }

        return [.. Enumerable.Range(0, count).Select(i => context.Journal.Get<RenderResult>($"renders/{i}"))];
    }

    /// <summary>The judge's own accuracy: what all other figures rest on.</summary>
    public static IEnumerable<Row> JudgeRows(IReadOnlyList<RenderResult> renders, IEnumerable<string> attributes) =>
        attributes.Select(name => new Row(
            $"judge.{name}", $"the judge itself: {name}", Wilson.Share(renders.Count(render => render.Seen[name] == render.Values[name]), renders.Count), Limit.AtLeast(.98),
            $"{renders.Count} fresh drawings{Wrong(renders, name)}"));

    public static IEnumerable<Row> AutoencoderRows(IReadOnlyList<RenderResult> renders) =>
    [
        new Row("psnr", "autoencoder: PSNR, dB", Bootstrap.Mean([.. renders.Select(render => render.Psnr)]), Limit.AtLeast(32), $"mean of {renders.Count} clips of half a second"),
        new Row("ssim", "autoencoder: SSIM", Bootstrap.Mean([.. renders.Select(render => render.Ssim)]), Limit.AtLeast(.95), "brightness, first and last picture of each clip"),
    ];

    private static string Wrong(IReadOnlyList<RenderResult> renders, string name)
    {
        var wrong = string.Join(", ", renders.Where(render => render.Seen[name] != render.Values[name])
            .GroupBy(render => $"{render.Values[name]} as {render.Seen[name]}").OrderByDescending(group => group.Count()).Take(3).Select(group => $"{group.Count()} {group.Key}"));
        return wrong.Length > 0 ? $"; wrong: {wrong}" : "";
    }
}
