using SanaLive.Cluster.Tests.Fakes;
using SanaLive.Sessions;
using SanaLive.Sessions.Engines;

namespace SanaLive.Cluster.Tests.Migration;

/// <summary>Sessions that go from silo to silo while they are watched.</summary>
public sealed class MigrationTests : IAsyncLifetime
{
    private readonly InProcessSessionHost _reference = SmallCluster.NewHost("reference", new SessionOptions { BlendBlocks = 0, RecentBlocks = 256 }, null);
    private SmallCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await SmallCluster.StartAsync(configure: options => options.RecentBlocks = 64);

    public async Task DisposeAsync()
    {
        await _cluster.DisposeAsync();
        await _reference.DisposeAsync();
    }

    [Fact]
    public async Task A_session_that_is_moved_there_and_back_while_it_is_watched_shows_what_one_shows_that_never_moved()
    {
        var id = (await _cluster.Host.CreateAsync(new CreateSession("forest", 7), default)).Id;
        await using var watcher = new Watcher(_cluster.Host, id);
        await watcher.SeeAsync(4);
        for (var i = 0; i < 4; i++)
        {
            var (_, there) = await _cluster.WhereAsync(id);
            var view = await _cluster.Host.MoveAsync(id, _cluster.EngineOf(there), default);
            Assert.Equal(id, view.Id);
            await watcher.SeeAsync(4);
            Assert.Equal(_cluster.EngineOf(there), (await _cluster.Host.GetAsync(id, default)).Engine);
        }

        Assert.Equal(5, watcher.Blocks.Select(block => block.Epoch).Distinct().Count());
        await watcher.ShowsTheSameAsAsync(_reference, (await _reference.CreateAsync(new CreateSession("forest", 7), default)).Id);
    }

    [Fact]
    public async Task A_state_that_is_too_large_for_a_message_goes_by_the_store_and_shows_the_same()
    {
        _cluster.Timings.LargestStateInMessage = 0;
        var id = (await _cluster.Host.CreateAsync(new CreateSession("desert", 8), default)).Id;
        await using var watcher = new Watcher(_cluster.Host, id);
        await watcher.SeeAsync(3);
        var (_, there) = await _cluster.WhereAsync(id);
        await _cluster.Host.MoveAsync(id, _cluster.EngineOf(there), default);
        await watcher.SeeAsync(6);
        await watcher.ShowsTheSameAsAsync(_reference, (await _reference.CreateAsync(new CreateSession("desert", 8), default)).Id);
    }

    [Fact]
    public async Task Cues_that_are_sent_while_a_session_moves_are_accepted_once_and_apply()
    {
        var id = (await _cluster.Host.CreateAsync(new CreateSession("meadow", 9), default)).Id;
        await using var watcher = new Watcher(_cluster.Host, id);
        await watcher.SeeAsync(2);
        var (_, there) = await _cluster.WhereAsync(id);
        var moving = _cluster.Host.MoveAsync(id, _cluster.EngineOf(there), default);
        var cues = Enumerable.Range(0, 10).Select(i => _cluster.Host.CueAsync(id, new CueRequest(i % 2 == 0 ? "night" : "day", ClientId: $"cue {i}"), default)).ToList();
        await moving;
        foreach (var cue in cues) await cue;
        await watcher.SeeAsync(6);

        var known = (await _cluster.Host.GetAsync(id, default)).Cues;
        Assert.Equal(10, known.Select(cue => cue.ClientId).Distinct().Count());
        Assert.Equal(10, known.Count);
        Assert.DoesNotContain(known, cue => cue.Status == CueStatus.Accepted);
    }

    [Fact]
    public async Task A_silo_that_is_stopped_sends_its_sessions_away_and_no_block_is_missed()
    {
        var ids = new List<string>();
        for (var i = 0; i < 6; i++) ids.Add((await _cluster.Host.CreateAsync(new CreateSession("forest", (ulong)i), default)).Id);
        var watchers = ids.Select(id => new Watcher(_cluster.Host, id)).ToList();
        foreach (var watcher in watchers) await watcher.SeeAsync(3);
        var (leaving, staying) = await _cluster.WhereAsync(ids[0]);

        await _cluster.StopAsync(leaving);
        foreach (var watcher in watchers) await watcher.SeeAsync(5);
        foreach (var id in ids) Assert.Equal(_cluster.EngineOf(staying), (await _cluster.Host.GetAsync(id, default)).Engine);
        for (var i = 0; i < ids.Count; i++)
        {
            await watchers[i].ShowsTheSameAsAsync(_reference, (await _reference.CreateAsync(new CreateSession("forest", (ulong)i), default)).Id);
            await watchers[i].DisposeAsync();
        }
    }

    [Fact]
    public async Task A_silo_that_is_killed_is_followed_by_another_and_no_block_is_missed_or_shown_by_an_older_owner()
    {
        var id = (await _cluster.Host.CreateAsync(new CreateSession("forest", 11), default)).Id;
        await using var watcher = new Watcher(_cluster.Host, id);
        await watcher.SeeAsync(4);
        await _cluster.Host.CueAsync(id, new CueRequest("night", AtBlock: 20, ClientId: "later"), default);
        var (here, there) = await _cluster.WhereAsync(id);

        await _cluster.KillAsync(here);
        await watcher.SeeAsync(20);
        var view = await _cluster.Host.GetAsync(id, default);
        Assert.Equal(_cluster.EngineOf(there), view.Engine);
        Assert.Equal(CueStatus.Applied, Assert.Single(view.Cues).Status);
        Assert.Equal(20, view.Cues[0].Block);

        var undisturbed = (await _reference.CreateAsync(new CreateSession("forest", 11), default)).Id;
        await _reference.CueAsync(undisturbed, new CueRequest("night", AtBlock: 20), default);
        await watcher.ShowsTheSameAsAsync(_reference, undisturbed);
    }

    [Fact]
    public async Task All_silos_are_restarted_one_after_the_other_and_no_block_is_missed()
    {
        var id = (await _cluster.Host.CreateAsync(new CreateSession("forest", 12), default)).Id;
        await using var watcher = new Watcher(_cluster.Host, id);
        await watcher.SeeAsync(3);
        foreach (var silo in _cluster.Silos.ToList())
        {
            await _cluster.AddAsync();
            await _cluster.UntilAsync(async () => (await _cluster.Host.EnginesAsync(default)).Count(engine => engine.State == EngineState.Serving) == 3);
            await _cluster.StopAsync(silo);
            await watcher.SeeAsync(3);
        }

        await watcher.ShowsTheSameAsAsync(_reference, (await _reference.CreateAsync(new CreateSession("forest", 12), default)).Id);
    }

    [Fact]
    public async Task A_move_to_where_it_is_or_to_no_engine_is_refused_and_disturbs_nothing()
    {
        var id = (await _cluster.Host.CreateAsync(new CreateSession("forest", 13), default)).Id;
        await using var watcher = new Watcher(_cluster.Host, id);
        await watcher.SeeAsync(2);
        var (here, there) = await _cluster.WhereAsync(id);
        Assert.Equal(SessionError.Conflict, (await Assert.ThrowsAsync<SessionException>(() => _cluster.Host.MoveAsync(id, _cluster.EngineOf(here), default))).Error);
        Assert.Equal(SessionError.Invalid, (await Assert.ThrowsAsync<SessionException>(() => _cluster.Host.MoveAsync(id, "nowhere", default))).Error);
        Assert.Equal(SessionError.NotFound, (await Assert.ThrowsAsync<SessionException>(() => _cluster.Host.MoveAsync("nobody", _cluster.EngineOf(there), default))).Error);
        await watcher.SeeAsync(3);
        Assert.Single(watcher.Blocks.Select(block => block.Epoch).Distinct());
    }

    [Fact]
    public async Task An_engine_that_is_drained_sends_its_sessions_to_another_silo_and_may_serve_again()
    {
        var id = (await _cluster.Host.CreateAsync(new CreateSession("forest", 14), default)).Id;
        await using var watcher = new Watcher(_cluster.Host, id);
        await watcher.SeeAsync(2);
        var (here, there) = await _cluster.WhereAsync(id);
        await _cluster.Host.DrainAsync(_cluster.EngineOf(here), default);
        await _cluster.UntilAsync(async () => (await _cluster.Host.GetAsync(id, default)).Engine == _cluster.EngineOf(there));
        await _cluster.UntilAsync(async () => (await _cluster.Host.EnginesAsync(default)).Single(engine => engine.Name == _cluster.EngineOf(here)).State == EngineState.Drained);
        Assert.Equal(SessionError.Conflict, (await Assert.ThrowsAsync<SessionException>(() => _cluster.Host.DrainAsync(_cluster.EngineOf(there), default))).Error);

        await _cluster.Host.ServeAsync(_cluster.EngineOf(here), default);
        await _cluster.UntilAsync(async () => (await _cluster.Host.EnginesAsync(default)).All(engine => engine.State == EngineState.Serving));
        await watcher.SeeAsync(3);
        await watcher.ShowsTheSameAsAsync(_reference, (await _reference.CreateAsync(new CreateSession("forest", 14), default)).Id);
    }
}
