using SanaLive.Runtime.Engine;

namespace SanaLive.Eval;

/// <summary>How long the run will take, from a few blocks made on this machine now.</summary>
internal static class Estimate
{
    private const int Blocks = 6;
    private const double LookSeconds = .012;
    private const double DrawingSeconds = .35;

    public static async Task<string> SayAsync(EvalContext context, CancellationToken cancellation)
    {
        var (engine, size) = (context.Engine, context.Size);
        using var stream = engine.CreateStream(1);
        var prompt = await engine.ReadPromptAsync(null, engine.Model.DefaultPrompt, null, cancellation);
        var (latents, decode) = (new List<double>(), new List<double>());
        for (var i = 0; i < Blocks; i++)
        {
            var timings = (await engine.GenerateAsync(stream, new BlockRequest(prompt, DateTimeOffset.UnixEpoch), cancellation)).Timings;
            latents.Add((timings.Denoise + timings.StatePass).TotalSeconds);
            decode.Add(timings.Decode.TotalSeconds);
        }

        latents.Sort();
        decode.Sort();
        var (perLatent, perDecode) = (latents[Blocks / 2], decode[Blocks / 2]);
        var perSecond = 1 / engine.Model.BlockDuration.TotalSeconds;
        var shown = (double)((size.Streams + size.PairStreams) * size.StreamBlocks) + size.CueStreams * (size.StreamBlocks + EvalSize.BlocksAfterCue)
            + size.SpeedStreams * (EvalSize.SkippedBlocks + EvalSize.SpeedBlocks) + size.StartImages * EvalSize.StartImageBlocks
            + size.Drift.Sum(part => part.Streams * part.Minutes.Length) * size.DriftSeconds * perSecond;
        var all = shown + size.Drift.Sum(part => part.Streams * part.Minutes[^1]) * 60 * perSecond;
        var drawings = size.Renders + size.Drift.Sum(part => part.Streams) * size.RendersPerDriftStream;
        var minutes = (all * perLatent + shown * (perDecode + LookSeconds) + drawings * DrawingSeconds) / 60;
        return FormattableString.Invariant(
            $"a block of {engine.Model.BlockDuration.TotalSeconds:0.##} s takes {1000 * (perLatent + perDecode):0} ms here, {1000 * perLatent:0} ms in latents only; {all / perSecond / 60:0} minutes of video: the whole run takes about {Math.Ceiling(minutes):0} minutes");
    }
}
