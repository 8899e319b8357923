using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using SanaLive.Sessions.Tests.Fakes;

namespace SanaLive.Sessions.Tests.Sessions;

public sealed class HammerTests
{
    /// <summary>Everything at once on the thread pool: no order is promised, but nothing may be lost, doubled or stuck.</summary>
    [Fact]
    public async Task ManyThreads_AllCommandsAtOnce_EverythingHolds()
    {
        var time = new ManualTimeProvider();
        var engine = new FakeEngine(time) { BlockTime = TimeSpan.Zero, MeasuredBlocksPerSecond = 4 };
        await using var host = new InProcessSessionHost(
            [engine], new FakeEncoder(), new FakePictureReader(), Options.Create(new SessionOptions { QueueLength = 50, FinishedCues = 10_000, PendingCues = 10_000, IdleExpiry = null, EngineTimeout = TimeSpan.FromHours(1) }), time,
            NullLogger<InProcessSessionHost>.Instance);
        var ids = new List<string>();
        for (var i = 0; i < 6; i++) ids.Add((await host.CreateAsync(new CreateSession(), default)).Id);
        var unexpected = new ConcurrentQueue<string>();
        var accepted = new ConcurrentDictionary<(string, string), byte>();
        var stop = new CancellationTokenSource();

        var workers = Enumerable.Range(0, 24).Select(w => Task.Run(() => WorkAsync(w))).ToList();
        var readers = ids.SelectMany(id => Enumerable.Range(0, 3).Select(_ => Task.Run(() => ReadEventsAsync(id)))).ToList();
        var all = Task.WhenAll(workers);
        while (!all.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }

        await all;
        Assert.Empty(unexpected);
        foreach (var id in ids)
        {
            var view = await host.GetAsync(id, default);
            Assert.NotEqual(SessionStatus.Failed, view.Status);
            Assert.Equal(accepted.Keys.Where(k => k.Item1 == id).Select(k => k.Item2).Order(), view.Cues.Select(c => c.Id).Order());
            Assert.All(view.Cues.Where(c => c.Status == CueStatus.Applied).GroupBy(c => c.Block), g => Assert.Single(g));
            Assert.Equal(0, view.Viewers);
        }

        foreach (var id in ids) await host.CloseAsync(id, default);
        await Task.WhenAll(readers).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Empty(unexpected);
        Assert.Equal(new SessionLoad(0, 0, 0, 1), host.Load);

        async Task WorkAsync(int worker)
        {
            var random = new Random(worker);
            for (var round = 0; round < 150; round++)
            {
                var id = ids[random.Next(ids.Count)];
                try
                {
                    switch (random.Next(6))
                    {
                        case 0:
                            await WatchAsync(id, random.Next(1, 6), random.Next(2) == 0 ? null : random.Next(20));
                            break;
                        case 1 or 2:
                            var atBlock = random.Next(2) == 0 ? (long?)null : (await host.GetAsync(id, default)).Block + random.Next(5);
                            var cue = await host.CueAsync(id, new CueRequest("forest night", atBlock, random.Next(3), $"{worker}-{round / 2}"), default);
                            accepted[(id, cue.Id)] = 0;
                            if (random.Next(3) == 0) await host.WithdrawCueAsync(id, cue.Id, default);
                            break;
                        case 3:
                            await host.PauseAsync(id, default);
                            await host.ResumeAsync(id, default);
                            break;
                        case 4:
                            await host.ReportViewersAsync(id, $"relay-{worker}", random.Next(3), default);
                            await host.ReportViewersAsync(id, $"relay-{worker}", 0, default);
                            break;
                        default:
                            await host.ListAsync(default);
                            break;
                    }
                }
                catch (SessionException e) when (e.Error == SessionError.Conflict)
                {
                    // Too late for that block or cue.
                }
                catch (Exception e)
                {
                    unexpected.Enqueue(e.ToString());
                }
            }
        }

        async Task WatchAsync(string id, int count, long? from)
        {
            var last = -1L;
            await foreach (var block in host.WatchAsync(id, from, stop.Token))
            {
                if (block.Number <= last) unexpected.Enqueue($"Block {block.Number} after {last}.");
                last = block.Number;
                if (--count == 0) return;
            }
        }

        async Task ReadEventsAsync(string id)
        {
            var last = -1L;
            await foreach (var view in host.EventsAsync(id, stop.Token))
            {
                if (view.Version <= last) unexpected.Enqueue($"Version {view.Version} after {last}.");
                last = view.Version;
            }
        }
    }
}
