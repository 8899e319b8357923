using SanaLive.Cluster.Tests.Fakes;
using SanaLive.Sessions;

namespace SanaLive.Cluster.Tests.Places;

/// <summary>Where sessions go, and what becomes of those that there is no room for.</summary>
public sealed class PlacesTests
{
    [Fact]
    public async Task Sessions_go_to_the_silo_with_the_most_free_places()
    {
        await using var cluster = await SmallCluster.StartAsync(configure: options => options.SessionsPerEngine = 3);
        var watchers = new List<Watcher>();
        for (var i = 0; i < 6; i++)
        {
            var id = (await cluster.Host.CreateAsync(new CreateSession(Seed: (ulong)i), default)).Id;
            watchers.Add(new Watcher(cluster.Host, id));
            await watchers[^1].SeeAsync(1);
        }

        await cluster.UntilAsync(async () => (await cluster.Host.EnginesAsync(default)).All(engine => engine.Active == 3));
        foreach (var watcher in watchers) await watcher.SeeAsync(2);
        foreach (var watcher in watchers) await watcher.DisposeAsync();
    }

    [Fact]
    public async Task Whoever_finds_the_cluster_full_waits_in_one_line_and_goes_to_the_silo_where_there_is_room_first()
    {
        // Who looks for a session anew stands aside for a moment, and somebody else may go: on a busy machine no silence may be taken for a death.
        await using var cluster = await SmallCluster.StartAsync(configure: options => options.SessionsPerEngine = 1, time: timings => timings.Silence = TimeSpan.FromMinutes(1));
        var running = new List<(string Id, Watcher Watcher)>();
        for (var i = 0; i < 2; i++)
        {
            var id = (await cluster.Host.CreateAsync(new CreateSession(Seed: (ulong)i), default)).Id;
            running.Add((id, new Watcher(cluster.Host, id)));
            await running[^1].Watcher.SeeAsync(1);
        }

        await cluster.UntilAsync(async () => (await cluster.Host.LoadAsync(default)).Active == 2);
        var waiting = new List<(string Id, Watcher Watcher)>();
        for (var i = 0; i < 3; i++)
        {
            var id = (await cluster.Host.CreateAsync(new CreateSession(Seed: (ulong)(10 + i)), default)).Id;
            waiting.Add((id, new Watcher(cluster.Host, id)));
            var position = i + 1;
            await cluster.UntilAsync(async () => await cluster.Host.GetAsync(id, default) is { Status: SessionStatus.Queued } view && view.QueuePosition == position);
        }

        // A place comes free on the silo on which the first in line does not wait.
        var (here, _) = await cluster.WhereAsync(waiting[0].Id);
        foreach (var (id, watcher) in running)
        {
            if ((await cluster.WhereAsync(id)).Here == here) continue;
            await watcher.DisposeAsync();
            await cluster.Host.CloseAsync(id, default);
        }

        await waiting[0].Watcher.SeeAsync(3);
        Assert.NotEqual(here.SiloAddress, (await cluster.WhereAsync(waiting[0].Id)).Here.SiloAddress);
        await cluster.UntilAsync(async () => (await cluster.Host.GetAsync(waiting[1].Id, default)).QueuePosition == 1);
        await cluster.UntilAsync(async () => (await cluster.Host.GetAsync(waiting[2].Id, default)).QueuePosition == 2);
        foreach (var (_, watcher) in running.Concat(waiting)) await watcher.DisposeAsync();
    }

    [Fact]
    public async Task Two_hundred_sessions_are_created_cued_and_moved_at_once_and_each_shows_its_own_stream()
    {
        await using var cluster = await SmallCluster.StartAsync(3, options =>
        {
            (options.SessionsPerEngine, options.MaxSessions, options.QueueLength, options.RecentBlocks) = (1000, 1000, 1000, 64);
        });
        var created = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => cluster.Host.CreateAsync(new CreateSession("forest", (ulong)i), default)));
        var watchers = created.Select(one => new Watcher(cluster.Host, one.Id)).ToList();
        foreach (var watcher in watchers) await watcher.SeeAsync(1);
        var engines = (await cluster.Host.EnginesAsync(default)).Select(engine => engine.Name).ToList();
        var cues = created.Select(one => cluster.Host.CueAsync(one.Id, new CueRequest("night", AtBlock: 60, ClientId: "storm"), default)).ToList();
        var moves = created.Select((one, i) => MoveAsync(cluster.Host, one.Id, engines[i % engines.Count])).ToList();
        await Task.WhenAll(cues);
        await Task.WhenAll(moves);
        foreach (var watcher in watchers) await watcher.SeeAsync(4);

        await using var reference = SmallCluster.NewHost("reference", new SessionOptions { BlendBlocks = 0, RecentBlocks = 64, SessionsPerEngine = 1000 }, null);
        for (var i = 0; i < created.Length; i += 20)
            await watchers[i].ShowsTheSameAsAsync(reference, (await reference.CreateAsync(new CreateSession("forest", (ulong)i), default)).Id);
        Assert.All(watchers, watcher => Assert.Equal(Enumerable.Range(0, 5).Select(n => (long)n), watcher.Blocks.Select(block => block.Number)));
        Assert.Equal(200, created.Select(one => one.Id).Distinct().Count());
        foreach (var watcher in watchers) await watcher.DisposeAsync();
    }

    /// <summary>To where it is already is no error in a storm.</summary>
    private static async Task MoveAsync(ISessionHost host, string id, string engine)
    {
        try
        {
            await host.MoveAsync(id, engine, default);
        }
        catch (SessionException e) when (e.Error == SessionError.Conflict)
        {
        }
    }
}
