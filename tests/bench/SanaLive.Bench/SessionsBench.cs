using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using SanaLive.Runtime.Engine;
using SanaLive.Sessions;
using SanaLive.Sessions.Encoding;
using SanaLive.Sessions.Pictures;

namespace SanaLive.Bench;

/// <summary>
/// Many sessions on one engine, in two runs: as fast as the engine can (how much there is to give), and in real time through the session
/// host, every session watched by a reader as a relay is one (whether what is given comes in time). Admission is switched off: a cell may
/// ask for more than fits.
/// </summary>
internal static class SessionsBench
{
    public static async Task<SessionsCell> MeasureAsync(IEngine engine, Vp8BlockEncoder encoder, int sessions, int blocks, double? minutes)
    {
        var each = Math.Max(2, blocks / sessions);
        var factor = await RunFreelyAsync(engine, encoder, sessions, each);
        if (minutes is { } length) each = Math.Max(2, (int)(TimeSpan.FromMinutes(length) / engine.Model.BlockDuration));
        var (took, misses, ahead) = await RunInRealTimeAsync(engine, encoder, sessions, each);
        return new SessionsCell(
            sessions, sessions * each, Math.Round(factor, 2), Quantile(took, 0.5), Quantile(took, 0.95), Quantile(took, 0.99),
            misses, Math.Round(misses / (double)(sessions * (each - 1)), 4), Quantile(ahead, 0.5));
    }

    private static async Task<double> RunFreelyAsync(IEngine engine, Vp8BlockEncoder encoder, int sessions, int each)
    {
        var prompt = await engine.ReadPromptAsync(null, engine.Model.DefaultPrompt, CancellationToken.None);
        var wall = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, sessions).Select(session => Task.Run(async () =>
        {
            using var stream = engine.CreateStream((ulong)session);
            var encoding = Task.CompletedTask;
            for (var block = 0; block < each; block++)
            {
                var made = await engine.GenerateAsync(stream, new BlockRequest(prompt, DateTimeOffset.UnixEpoch.AddSeconds(block)), CancellationToken.None);
                await encoding;
                encoding = encoder.EncodeAsync(made.Frames, engine.Model, CancellationToken.None);
            }

            await encoding;
        })));
        return each * engine.Model.BlockDuration / wall.Elapsed;
    }

    private static async Task<(List<double> Took, long Misses, List<double> Ahead)> RunInRealTimeAsync(
        IEngine engine, Vp8BlockEncoder encoder, int sessions, int each)
    {
        var options = Options.Create(new SessionOptions { SessionsPerEngine = sessions });
        await using var host = new InProcessSessionHost(
            [engine], encoder, new FfmpegPictureReader(TimeProvider.System), options, TimeProvider.System, NullLogger<InProcessSessionHost>.Instance);
        var (took, ahead, misses) = (new List<double>(), new List<double>(), 0L);
        await Task.WhenAll(Enumerable.Range(0, sessions).Select(async session =>
        {
            // Viewers do not come all in the same moment.
            await Task.Delay(engine.Model.BlockDuration * 1.3 * session);
            var created = await host.CreateAsync(new CreateSession(Seed: (ulong)session), CancellationToken.None);
            var reading = ReadTimesAsync(host, created.Id, took);
            var left = each;
            await foreach (var block in host.WatchAsync(created.Id, null, CancellationToken.None))
            {
                lock (ahead) ahead.Add((block.DueAt - DateTimeOffset.UtcNow).TotalMilliseconds);
                if (--left == 0) break;
            }

            Interlocked.Add(ref misses, (await host.GetAsync(created.Id, CancellationToken.None)).Stalls);
            await host.CloseAsync(created.Id, CancellationToken.None);
            await reading;
        }));
        return (took, misses, ahead);
    }

    private static async Task ReadTimesAsync(InProcessSessionHost host, string id, List<double> took)
    {
        StageSeen last = default;
        await foreach (var view in host.EventsAsync(id, CancellationToken.None))
        {
            if (view.LastBlock is not { } block || last == new StageSeen(block.Total, block.Denoise)) continue;
            last = new StageSeen(block.Total, block.Denoise);
            lock (took) took.Add(block.Total);
        }
    }

    private static double Quantile(List<double> values, double share)
    {
        var sorted = values.Order().ToArray();
        return Math.Round(sorted[Math.Min(sorted.Length - 1, (int)(share * sorted.Length))], 1);
    }

    /// <summary>Tells one block's times from the next one's: views come for other reasons, too.</summary>
    private readonly record struct StageSeen(double Total, double Denoise);
}
