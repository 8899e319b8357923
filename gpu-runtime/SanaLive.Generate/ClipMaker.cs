using System.Globalization;
using SanaLive.Runtime.Engine;
using SanaLive.Sessions.Encoding;

namespace SanaLive.Generate;

/// <summary>Makes a clip block by block and writes it as it is made.</summary>
internal static class ClipMaker
{
    /// <returns>0, or 130 after an interruption; what was made until then is a playable file.</returns>
    public static async Task<int> RunAsync(GenerateOptions options, TextWriter messages, CancellationToken interrupted)
    {
        await using var engine = CpuEngine.Load(options.Model ?? EmbeddedModel.FindFolder(), new CpuEngineOptions { Threads = options.Threads });
        var model = engine.Model;
        var prompt = await engine.ReadPromptAsync(null, options.Prompt.Length == 0 ? model.DefaultPrompt : options.Prompt, CancellationToken.None);
        Tell(messages, "0", prompt);

        await using var video = FfmpegVideoWriter.Create(options.Out, model.Width, model.Height, model.FramesPerSecond);
        using var stream = engine.CreateStream(options.Seed);
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

    private static void Tell(TextWriter messages, string second, Prompt prompt)
    {
        messages.WriteLine($"{second} s: {prompt.Meaning}");
        if (prompt.NotUnderstood.Count > 0)
            messages.WriteLine($"     not understood: {string.Join(", ", prompt.NotUnderstood)}");
    }
}
