using System.Globalization;
using System.Text.Json;
using SanaLive.Eval.Inputs;
using SanaLive.Eval.Judging;
using SanaLive.Eval.Measures;
using SanaLive.Eval.Reporting;
using SanaLive.Eval.Sheets;
using SanaLive.Runtime.Engine;
using SanaLive.Runtime.Kernels.Cpu;

namespace SanaLive.Eval;

/// <summary>The whole run: the judge first, then the streams, then the table.</summary>
internal static class Evaluation
{
    private const int StreamSentences = 11;
    private const int PairSentences = 12;
    private const int CueSentences = 13;
    private const int DriftSentences = 14;

    public static async Task RunAsync(EvalOptions options, TextWriter output, TextWriter messages, CancellationToken cancellation)
    {
        var root = FindRoot();
        var size = options.Quick ? EvalSize.Quick : EvalSize.Full;
        var folder = options.Model ?? EmbeddedModel.FindFolder();
        await using var engine = CpuEngine.Load(folder, new CpuEngineOptions { Threads = options.Threads, Precision = options.Precision });
        using var kernels = new CpuKernelSet(options.Threads);
        using var judge = Judge.Load(Path.Combine(root, "tests", "eval", "judge"), kernels);
        using var autoencoder = new Autoencoder(folder, kernels);
        var card = engine.Model;
        Require(card, judge);
        var progress = new Progress(messages, TimeProvider.System);
        var subject = $"{size.Name}, model {card.Fingerprint[..16]}, judge {judge.Fingerprint}, {engine.Facts.Kernels} {engine.Facts.Precision}";
        var path = Path.Combine(options.Out ?? Path.Combine(root, ".sanalive", "eval", $"{size.Name}-{card.Fingerprint[..16]}-{engine.Facts.Precision}"), "journal.jsonl");
        using var journal = Journal.Open(path, subject);
        var context = new EvalContext(
            engine, folder, ReadDefaults(folder), judge, new Questions(Path.Combine(root, "gpu-runtime", "training")), journal, size, progress);
        output.WriteLine($"{card.Name}: {subject}, {engine.Facts.Threads} threads");
        if (options.Sheets is { } sheets)
        {
            await new ContactSheets(context, sheets).WriteAsync(options.Minutes, cancellation);
            return;
        }

        output.WriteLine($"finished streams are kept in {path}{(journal.Found > 0 ? $"; {journal.Found} results are there already" : "")}");
        output.WriteLine(await Estimate.SayAsync(context, cancellation));

        var renders = await Renders.RunAsync(context, autoencoder, cancellation);
        var rows = Renders.JudgeRows(renders, judge.Attributes.Select(attribute => attribute.Name)).ToList();
        Table.Write(output, rows);

        var sentences = await context.Questions.SentencesAsync(size.Streams, StreamSentences, pairs: false, cancellation);
        var streams = await ShortStreams.RunAsync(context, "streams", sentences, 10_000, cancellation);
        rows.AddRange(Following.Rows(streams, judge.Attributes.Select(attribute => attribute.Name)));
        var pairs = await context.Questions.SentencesAsync(size.PairStreams, PairSentences, pairs: true, cancellation);
        rows.Add(Following.Pairs(await ShortStreams.RunAsync(context, "pairs", pairs, 20_000, cancellation)));
        var cues = Cues.Plan(
            context, await context.Questions.SentencesAsync(size.CueStreams, CueSentences, pairs: false, cancellation),
            await context.Questions.CuesAsync(4 * size.CueStreams, CueSentences, cancellation));
        rows.AddRange(await Cues.RunAsync(context, cues, cancellation));

        var longSentences = await context.Questions.SentencesAsync(size.Drift.Sum(part => part.Streams), DriftSentences, pairs: false, cancellation);
        var drift = await Drift.RunAsync(context, longSentences, autoencoder.LatentFramesRemembered, cancellation);
        rows.AddRange(Drift.Rows(drift));
        rows.Add(Drift.FrechetRow(drift, await Drift.DrawingsAsync(context, drift, cancellation)));
        rows.AddRange(Renders.AutoencoderRows(renders));
        rows.AddRange(new Speed(renders).Rows(await Speed.RunAsync(context, cancellation)));
        rows.Add(Flicker.Row(streams));
        rows.AddRange(await StartImages.RunAsync(context, cancellation));
        rows.Add(await Repeated.RunAsync(context, cues[0].First, cues[0].Cue, cancellation));

        Table.Write(output, rows);
        output.WriteLine(size == EvalSize.Quick
            ? "quick: few and short streams, so the intervals are wide, and drift is looked at after minutes, not an hour; ./sanalive eval measures it all"
            : "one short stream is one case; speed and direction are judged from motion alone; streams are judged from their second second on");
        output.WriteLine(Table.Json(rows));
    }

    /// <exception cref="EvalException">The judge looks at other pictures than the model makes.</exception>
    private static void Require(ModelCard card, Judge judge)
    {
        if (card.Width != judge.Width || card.Height != judge.Height || card.FramesPerBlock != judge.Frames || card.FramesPerSecond != 2 * judge.Frames)
        {
            throw new EvalException(
                $"The judge looks at half seconds of {judge.Frames} pictures of {judge.Width} x {judge.Height}; {card.Name} makes blocks of {card.FramesPerBlock} pictures of {card.Width} x {card.Height} at {card.FramesPerSecond}/s.");
        }
    }

    private static Dictionary<string, string> ReadDefaults(string folder)
    {
        var path = Path.Combine(folder, "text_encoder", "vocabulary.json");
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            return json.RootElement.GetProperty("default").EnumerateObject().ToDictionary(pair => pair.Name, pair => pair.Value.GetString()!);
        }
        catch (Exception error) when (error is IOException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new EvalException(string.Create(CultureInfo.InvariantCulture, $"{path} does not say what a stream shows by default: {error.Message}"), error);
        }
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "SanaLive.sln")))
                return folder.FullName;
        }

        throw new EvalException($"SanaLive.sln is in no folder above {AppContext.BaseDirectory}: the evaluation runs in the repository, with its judge and its training code.");
    }
}
