using System.Globalization;
using SanaLive.Eval.Measures;

namespace SanaLive.Eval.Sheets;

/// <summary>What the figures are about, to be looked at: the vocabulary, what a cue does to every attribute, and one stream over a long time.</summary>
internal sealed class ContactSheets(EvalContext context, string folder)
{
    private const int LatentFramesRemembered = 8;                          // more blocks than the decoder remembers are decoded before a picture counts

    private static readonly string[] Subjects =
    [
        "a red train in a green meadow by day, clear", "a car in the city by day, clear", "a bus in the city by day, clear", "a boat on the sea by day, clear",
        "a balloon over the mountains by day, clear", "an airplane over the desert by day, clear", "a horse in the desert by day, clear", "a bird over the sea by day, clear",
    ];

    private static readonly string[] Looks =
    [
        "forest by day, clear", "forest by day, rain", "forest by day, snow", "forest by day, fog",
        "city at sunset, clear, natural colours", "city at sunset, clear, ink", "city at sunset, clear, neon", "city at sunset, clear, pastel",
    ];

    private static readonly (string First, string Cue)[] Cues =
    [
        ("meadow by day, clear, no vehicles", "into the desert"),
        ("a red train in the forest by day, clear", "night falls"),
        ("mountains by day, clear, no vehicles", "it starts to snow"),
        ("city by day, clear, no vehicles", "a bus appears"),
        ("desert at sunset, clear, slow", "fast"),
        ("meadow at dawn, clear, heading right", "go left"),
        ("a boat on the sea by day, clear", "in ink"),
    ];

    public async Task WriteAsync(double minutes, CancellationToken cancellation)
    {
        Directory.CreateDirectory(folder);
        await VocabularyAsync(cancellation);
        await CuesAsync(cancellation);
        await LongAsync(minutes, cancellation);
    }

    /// <summary>Rows: every biome at every time of day; the subjects; the weathers and the styles. Each 1.5 s after its stream's beginning.</summary>
    private async Task VocabularyAsync(CancellationToken cancellation)
    {
        string[] times = ["at dawn", "by day", "at sunset", "at night"];
        string[] biomes = ["meadow", "forest", "desert", "mountains", "sea", "city"];
        var asked = biomes.SelectMany(biome => times.Select(time => $"{biome} {time}, clear, no vehicles")).Concat(Subjects).Concat(Looks).ToArray();
        var sheet = NewSheet(8);
        for (var i = 0; i < asked.Length; i++)
        {
            using var take = new Take(context, (ulong)(50_000 + i));
            await take.SayAsync(asked[i], cancellation);
            await take.MakeAsync(decode: true, cancellation);
            await take.MakeAsync(decode: true, cancellation);
            Add(sheet, await take.MakeAsync(decode: true, cancellation), context.Engine.Model.FramesPerBlock - 1);
            context.Progress.Done("vocabulary", i + 1, asked.Length);
        }

        await SaveAsync(sheet, "vocabulary.jpg", cancellation);
    }

    /// <summary>A row per attribute: half a second before the cue, then the pictures 0.25, 0.5, 1, 1.5, 2, 3 and 4 s after it.</summary>
    private async Task CuesAsync(CancellationToken cancellation)
    {
        var half = context.Engine.Model.FramesPerBlock / 2;
        var sheet = NewSheet(8);
        for (var i = 0; i < Cues.Length; i++)
        {
            using var take = new Take(context, (ulong)(51_000 + i));
            await take.SayAsync(Cues[i].First, cancellation);
            for (var block = 0; block < 5; block++)
                await take.MakeAsync(decode: true, cancellation);
            Add(sheet, await take.MakeAsync(decode: true, cancellation), 0);
            await take.SayAsync(Cues[i].Cue, cancellation);
            for (var block = 0; block < 8; block++)
            {
                var frames = await take.MakeAsync(decode: true, cancellation);
                if (block == 0)
                    Add(sheet, frames, half - 1);
                if (block is 0 or 1 or 2 or 3 or 5 or 7)
                    Add(sheet, frames, (2 * half) - 1);
            }

            context.Progress.Done("cues", i + 1, Cues.Length);
        }

        await SaveAsync(sheet, "cues.jpg", cancellation);
    }

    /// <summary>A row per stream, nothing said after its beginning: a picture at the beginning and after every twelfth of the time.</summary>
    private async Task LongAsync(double minutes, CancellationToken cancellation)
    {
        const int steps = 12;
        string[] asked = ["a red train in a green meadow by day, clear", "city at night, clear, no vehicles"];
        var model = context.Engine.Model;
        var blocks = (long)(minutes * 60 * model.FramesPerSecond / model.FramesPerBlock);
        var sheet = NewSheet(steps + 1);
        for (var i = 0; i < asked.Length; i++)
        {
            using var take = new Take(context, (ulong)(52_000 + i));
            await take.SayAsync(asked[i], cancellation);
            for (var step = 0; step <= steps; step++)
            {
                var at = Math.Max(3, blocks * step / steps);
                while (take.Next < at)
                    await take.MakeAsync(decode: take.Next >= at - LatentFramesRemembered, cancellation);
                Add(sheet, await take.MakeAsync(decode: true, cancellation), model.FramesPerBlock - 1);
                context.Progress.Say(string.Create(CultureInfo.InvariantCulture, $"stream {i + 1} of {asked.Length}: minute {minutes * step / steps:0.#} of {minutes:0.#}"));
            }
        }

        await SaveAsync(sheet, "long.jpg", cancellation);
    }

    private Sheet NewSheet(int columns) => new(columns, context.Engine.Model.Width, context.Engine.Model.Height);

    private void Add(Sheet sheet, byte[] frames, int frame)
    {
        var bytes = context.Engine.Model.Width * context.Engine.Model.Height * 3;
        sheet.Add(frames.AsSpan(frame * bytes, bytes));
    }

    private async Task SaveAsync(Sheet sheet, string name, CancellationToken cancellation)
    {
        var path = Path.Combine(folder, name);
        await sheet.WriteAsync(path, cancellation);
        context.Progress.Say($"{path}: {sheet.Count} pictures");
    }
}
