using System.Globalization;
using SanaLive.Runtime.Engine;
using SanaLive.Sessions;
using SanaLive.Sessions.Encoding;
using SanaLive.Sessions.Pictures;

namespace SanaLive.Generate;

/// <summary>Makes a clip block by block and writes it as it is made.</summary>
internal static class ClipMaker
{
    /// <returns>0, or 130 after an interruption; what was made until then is a playable file.</returns>
    public static async Task<int> RunAsync(GenerateOptions options, TextWriter messages, CancellationToken interrupted)
    {
        await using var engine = CpuEngine.Load(options.Model ?? EmbeddedModel.FindFolder(), new CpuEngineOptions { Threads = options.Threads, Precision = options.Precision });
        var model = engine.Model;
        var image = options.Image is null ? null : await ReadImageAsync(options.Image, engine, messages, interrupted);
        var prompt = await FirstPromptAsync(options.Prompt, image, engine);
        Tell(messages, "0", prompt);

        await using var video = FfmpegVideoWriter.Create(options.Out, model.Width, model.Height, model.FramesPerSecond);
        using var stream = engine.CreateStream(options.Seed, image);
        var bar = new ProgressBar(messages, options.Seconds, !Console.IsErrorRedirected, TimeProvider.System);
        var cues = new Queue<TimedCue>(options.Cues);
        var framesLeft = (int)Math.Round(options.Seconds * model.FramesPerSecond);
        var frameBytes = model.Width * model.Height * 3;
        var done = 0.0;
        try
        {
            while (framesLeft > 0)
            {
                var cued = false;
                while (cues.TryPeek(out var cue) && cue.Seconds <= stream.NextBlock * model.BlockDuration.TotalSeconds)
                {
                    prompt = await engine.ReadPromptAsync(prompt, cues.Dequeue().Text, interrupted);
                    Tell(messages, cue.Seconds.ToString(CultureInfo.InvariantCulture), prompt);
                    cued = true;
                }

                var block = await engine.GenerateAsync(stream, new BlockRequest(prompt, DateTimeOffset.MinValue, Recache: cued), interrupted);
                var frames = Math.Min(framesLeft, model.FramesPerBlock);
                await video.WriteAsync(block.Frames.AsMemory(0, frames * frameBytes), CancellationToken.None);
                framesLeft -= frames;
                done += (double)frames / model.FramesPerSecond;
                bar.Show(done);
            }
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            bar.End();
            if (done == 0)
            {
                messages.WriteLine("Interrupted before the first block; nothing is written.");
                return 130;
            }
        }

        bar.End();
        await video.FinishAsync(CancellationToken.None);
        messages.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{options.Out}: {done:F1} s, {model.Width}x{model.Height}, seed {options.Seed}"));
        return interrupted.IsCancellationRequested ? 130 : 0;
    }

    private static async Task<StartImage> ReadImageAsync(string path, CpuEngine engine, TextWriter messages, CancellationToken interrupted)
    {
        if (new FileInfo(path) is { Exists: true, Length: > PictureLimits.Bytes } file)
            throw new FormatException($"{path} has {file.Length >> 20} MB; an image has at most {PictureLimits.Bytes >> 20} MB.");
        using var reader = new FfmpegPictureReader(TimeProvider.System);
        try
        {
            var picture = await reader.ReadAsync(await File.ReadAllBytesAsync(path, interrupted), engine.Model.Width, engine.Model.Height, interrupted);
            if (picture.Note is not null)
                messages.WriteLine($"{path}: {picture.Note}");
            return await engine.ReadImageAsync(picture.Rgb, interrupted);
        }
        catch (SessionException error)
        {
            throw new FormatException($"{path}: {error.Message}", error);
        }
    }

    /// <summary>What the words do not name is as the image shows it, if the model can tell.</summary>
    private static async Task<Prompt> FirstPromptAsync(string words, StartImage? image, CpuEngine engine)
    {
        var seen = image is { Controls.Count: > 0 } ? await engine.ReadPromptAsync(null, null, image.Controls, CancellationToken.None) : null;
        if (words.Length == 0 && seen is not null)
            return seen;
        return await engine.ReadPromptAsync(seen, words.Length == 0 ? engine.Model.DefaultPrompt : words, CancellationToken.None);
    }

    private static void Tell(TextWriter messages, string second, Prompt prompt)
    {
        messages.WriteLine($"{second} s: {prompt.Meaning}");
        if (prompt.NotUnderstood.Count > 0)
            messages.WriteLine($"     not understood: {string.Join(", ", prompt.NotUnderstood)}");
    }
}
