using System.Globalization;
using SanaLive.Runtime.Engine;
using SanaLive.Sessions.Encoding;

namespace SanaLive.Generate;

/// <summary>Makes a clip of a stream, block by block, and writes it as it is made.</summary>
internal static class StreamMaker
{
    /// <param name="options">What is wanted.</param>
    /// <param name="available">Bytes of memory that are free.</param>
    /// <param name="messages">For the person who waits.</param>
    /// <param name="interrupted">Ends it after a block.</param>
    /// <returns>0, or 130 after an interruption; what was made until then is a playable file.</returns>
    public static async Task<int> RunAsync(GenerateOptions options, Func<long> available, TextWriter messages, CancellationToken interrupted)
    {
        if ((options.Negative, options.Steps, options.Guidance) is not (null, null, null))
            throw new FormatException("--negative, --steps and --cfg are for models of clips; this one makes streams, whose steps are its own.");
        await using var engine = CpuEngine.Load(
            options.Model ?? EmbeddedModel.FindFolder(),
            new CpuEngineOptions { Threads = options.Threads, Precision = options.Precision, Size = options.Size, AvailableMemory = available });
        var model = engine.Model;
        var image = options.Image is null ? null : await engine.ReadImageAsync(await StartPicture.ReadAsync(options.Image, _ => new PictureSize(model.Height, model.Width), messages, interrupted), interrupted);
        var prompt = await FirstPromptAsync(options.Prompt, image, engine);
        Tell(messages, "0", prompt);

        await using var video = FfmpegVideoWriter.Create(options.Out, model.Width, model.Height, model.FramesPerSecond);
        using var stream = engine.CreateStream(options.Seed, image);
        var framesLeft = options.Frames ?? (int)Math.Round((options.Seconds ?? GenerateOptions.DefaultSeconds) * model.FramesPerSecond);
        var bar = new ProgressBar(messages, (double)framesLeft / model.FramesPerSecond, "s", !Console.IsErrorRedirected, TimeProvider.System);
        var cues = new Queue<TimedCue>(options.Cues);
        var (made, done) = (0, 0.0);
        try
        {
            while (framesLeft > 0)
            {
                var cued = false;
                while (cues.TryPeek(out var cue) && cue.Seconds <= (double)made / model.FramesPerSecond)
                {
                    prompt = await engine.ReadPromptAsync(prompt, cues.Dequeue().Text, interrupted);
                    Tell(messages, cue.Seconds.ToString(CultureInfo.InvariantCulture), prompt);
                    cued = true;
                }

                var block = await engine.GenerateAsync(stream, new BlockRequest(prompt, DateTimeOffset.MinValue, Recache: cued), interrupted);
                made += block.Frames.Length / model.PictureBytes;
                var frames = Math.Min(framesLeft, block.Frames.Length / model.PictureBytes);
                await video.WriteAsync(block.Frames.AsMemory(0, frames * model.PictureBytes), CancellationToken.None);
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
