using SanaLive.Sessions.Engines;
using SanaLive.Sessions.Tests.Fakes;

namespace SanaLive.Sessions.Tests.Engines;

public sealed class DrainTests
{
    [Fact]
    public void Drain_MovesAllSessions_WatchedRestingAndNew() => Stage.Play(async stage =>
    {
        var ids = new List<string>();
        for (var i = 0; i < 4; i++) ids.Add(await stage.CreateAsync(seed: (ulong)i));
        var viewers = ids.Select(id => stage.Watch(id)).ToList();
        await stage.PassAsync(2);
        await viewers[0].LeaveAsync();
        await viewers[1].LeaveAsync();
        await stage.PassAsync(2);
        Assert.Contains("fake-0", await EnginesAsync());

        Assert.Equal(EngineState.Draining, (await stage.Host.DrainAsync("fake-0", default)).State);
        await stage.PassAsync(2);
        Assert.All(await EnginesAsync(), engine => Assert.Equal("fake-1", engine));
        var drained = (await stage.Host.EnginesAsync(default))[0];
        Assert.Equal((EngineState.Drained, 0, 0), (drained.State, drained.Active, drained.Sessions));
        foreach (var viewer in viewers.Skip(2)) Assert.Equal(Enumerable.Range(0, viewer.Blocks.Count).Select(i => (long)i), viewer.Numbers);
        foreach (var id in ids) Assert.Equal(0, (await stage.ViewAsync(id)).Stalls);

        viewers.Add(stage.Watch(await stage.CreateAsync(seed: 9)));
        await stage.PassAsync(1);
        Assert.Equal(0, (await stage.Host.EnginesAsync(default))[0].Active);
        Assert.Equal(EngineState.Serving, (await stage.Host.ServeAsync("fake-0", default)).State);
        viewers.Add(stage.Watch(await stage.CreateAsync(seed: 10)));
        await stage.PassAsync(1);
        Assert.Equal(1, (await stage.Host.EnginesAsync(default))[0].Active);
        foreach (var viewer in viewers) await viewer.LeaveAsync();

        async Task<IReadOnlyList<string>> EnginesAsync() => [.. (await stage.Host.ListAsync(default)).Select(view => view.Engine)];
    }, engines: 2);

    [Fact]
    public void Drain_WithoutAPlaceElsewhere_TheStreamStaysUntilThereIsOne() => Stage.Play(async stage =>
    {
        var (first, second) = (await stage.CreateAsync(seed: 1), await stage.CreateAsync(seed: 2));
        var viewers = new[] { stage.Watch(first), stage.Watch(second) };
        await stage.PassAsync(2);
        var engine = (await stage.ViewAsync(first)).Engine;
        await stage.Host.DrainAsync(engine, default);
        await stage.PassAsync(3);
        Assert.Equal((SessionStatus.Streaming, engine, 0), ((await stage.ViewAsync(first)).Status, (await stage.ViewAsync(first)).Engine, (await stage.ViewAsync(first)).Stalls));
        Assert.Equal(EngineState.Draining, (await stage.Host.EnginesAsync(default)).Single(one => one.Name == engine).State);
        await viewers[1].LeaveAsync();
        await stage.PassAsync(2);
        Assert.NotEqual(engine, (await stage.ViewAsync(first)).Engine);
        Assert.Equal(0, (await stage.ViewAsync(first)).Stalls);
        Assert.Equal(Enumerable.Range(0, viewers[0].Blocks.Count).Select(i => (long)i), viewers[0].Numbers);
        Assert.True(viewers[0].Blocks.Count >= 13);
        await viewers[0].LeaveAsync();
    }, options => options.SessionsPerEngine = 1, engines: 2);

    [Fact]
    public void Drain_TakenBackBeforeAPlaceWasFree_TheStreamStays() => Stage.Play(async stage =>
    {
        var (first, second) = (await stage.CreateAsync(seed: 1), await stage.CreateAsync(seed: 2));
        var viewers = new[] { stage.Watch(first), stage.Watch(second) };
        await stage.PassAsync(2);
        var engine = (await stage.ViewAsync(first)).Engine;
        await stage.Host.DrainAsync(engine, default);
        await stage.PassAsync(1);
        await stage.Host.ServeAsync(engine, default);
        await stage.PassAsync(1);
        await viewers[1].LeaveAsync();
        await stage.PassAsync(2);
        Assert.Equal(engine, (await stage.ViewAsync(first)).Engine);
        Assert.Equal(new SessionLoad(2, 1, 0, 2), stage.Host.Load);
        await viewers[0].LeaveAsync();
    }, options => options.SessionsPerEngine = 1, engines: 2);

    [Fact]
    public void Drain_OfTheLastEngineThatServesOrOfNone_IsRefused() => Stage.Play(async stage =>
    {
        var last = await Assert.ThrowsAsync<SessionException>(() => stage.Host.DrainAsync("fake-0", default));
        Assert.Equal(SessionError.Conflict, last.Error);
        Assert.Contains("--engines", last.Message, StringComparison.Ordinal);
        Assert.Equal(SessionError.NotFound, (await Assert.ThrowsAsync<SessionException>(() => stage.Host.DrainAsync("gpu-9", default))).Error);
        Assert.Equal(SessionError.NotFound, (await Assert.ThrowsAsync<SessionException>(() => stage.Host.ServeAsync("gpu-9", default))).Error);
    });
}
