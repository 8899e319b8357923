using SanaLive.Sessions.Tests.Fakes;

namespace SanaLive.Sessions.Tests.Admission;

public sealed class AdmissionTests
{
    [Fact]
    public void Watch_TwoSessions_ShareTheEngineFairlyAndNeitherStalls() => Stage.Play(async stage =>
    {
        // Each block takes 0.2 s of the 0.5 s that it lasts: two fit, and only just.
        stage.Engine.BlockTime = TimeSpan.FromSeconds(0.2);
        var ids = new[] { await stage.CreateAsync(seed: 1), await stage.CreateAsync(seed: 2) };
        var viewers = ids.Select(id => stage.Watch(id)).ToList();
        await stage.PassAsync(30);
        Assert.All(viewers, v => Assert.InRange(v.Blocks.Count, 60, 62));
        foreach (var id in ids) Assert.Equal(0, (await stage.ViewAsync(id)).Stalls);
    });

    [Fact]
    public void Watch_ANewSession_DoesNotStallOneThatIsWatched() => Stage.Play(async stage =>
    {
        stage.Engine.BlockTime = TimeSpan.FromSeconds(0.2);
        var running = await stage.CreateAsync(seed: 1);
        stage.Watch(running);
        for (var i = 0; i < 15; i++)
        {
            await stage.PassAsync(0.73);
            var guest = stage.Watch(await stage.CreateAsync(seed: (ulong)i + 2));
            await stage.PassAsync(1.9);
            Assert.NotEmpty(guest.Blocks);
            await guest.LeaveAsync();
        }

        Assert.Equal(0, (await stage.ViewAsync(running)).Stalls);
    });

    [Fact]
    public void Watch_ManyNewSessionsAtOnce_DoNotStallOneThatIsWatched() => Stage.Play(async stage =>
    {
        stage.Engine.BlockTime = TimeSpan.FromSeconds(0.08);
        var running = await stage.CreateAsync(seed: 1);
        stage.Watch(running);
        await stage.PassAsync(3.03);
        var guests = new List<Viewer>();
        for (var i = 0; i < 5; i++) guests.Add(stage.Watch(await stage.CreateAsync(seed: (ulong)i + 2)));
        await stage.PassAsync(10);
        Assert.Equal(0, (await stage.ViewAsync(running)).Stalls);
        Assert.All(guests, g => Assert.True(g.Blocks.Count > 15));
    });

    [Fact]
    public void Watch_TooManyForTheEngine_OverloadIsSharedEqually() => Stage.Play(async stage =>
    {
        stage.Engine.BlockTime = TimeSpan.FromSeconds(0.4);
        var viewers = new[] { stage.Watch(await stage.CreateAsync(seed: 1)), stage.Watch(await stage.CreateAsync(seed: 2)) };
        await stage.PassAsync(40);
        Assert.InRange(viewers[0].Blocks.Count, 48, 51);
        Assert.InRange(viewers[1].Blocks.Count, 48, 51);
    }, o => o.SessionsPerEngine = 2);

    [Theory]
    [InlineData(20, 0.2, 8)]
    [InlineData(5, 0.2, 2)]
    [InlineData(5, 0.0, 2)]
    [InlineData(4, 0.0, 2)]
    [InlineData(4, 0.1, 1)]
    [InlineData(0.5, 0.2, 1)]
    public void Capacity_IsWhatWasMeasuredLessTheReserve(double blocksPerSecond, double reserve, int places) => Stage.Play(stage =>
    {
        stage.Engine.MeasuredBlocksPerSecond = blocksPerSecond;
        Assert.Equal(places, stage.Host.Load.Capacity);
        return Task.CompletedTask;
    }, o => o.Reserve = reserve);

    [Fact]
    public void Watch_TheEngineTurnsOutToBeFasterThanItsStartSaid_WhoWaitsIsLetIn() => Stage.Play(async stage =>
    {
        var viewers = new[] { stage.Watch(await stage.CreateAsync(seed: 1)), stage.Watch(await stage.CreateAsync(seed: 2)) };
        await stage.PassAsync(5);
        Assert.Empty(viewers[1].Blocks);
        Assert.Equal(new SessionLoad(2, 1, 1, 1), stage.Host.Load);

        stage.Engine.MeasuredBlocksPerSecond = 8;
        await stage.PassAsync(2);
        Assert.NotEmpty(viewers[1].Blocks);
        Assert.Equal(0, stage.Host.Load.Queued);
    }, engine: engine => engine.MeasuredBlocksPerSecond = 2);

    [Fact]
    public void Watch_TheEngineTurnsOutToBeSlowerThanItsStartSaid_WhoIsInStaysAndNobodyElseIsLetIn() => Stage.Play(async stage =>
    {
        var viewers = new[] { stage.Watch(await stage.CreateAsync(seed: 1)), stage.Watch(await stage.CreateAsync(seed: 2)) };
        await stage.PassAsync(2);
        stage.Engine.MeasuredBlocksPerSecond = 2;
        var third = stage.Watch(await stage.CreateAsync(seed: 3));
        await stage.PassAsync(5);
        Assert.Equal(new SessionLoad(3, 2, 1, 1), stage.Host.Load);
        Assert.All(viewers, viewer => Assert.InRange(viewer.Blocks.Count, 13, 20));
        Assert.Empty(third.Blocks);
    }, engine: engine => engine.MeasuredBlocksPerSecond = 6);

    [Fact]
    public void Watch_MoreThanFit_WaitInLineAndTheirPositionsMoveUp() => Stage.Play(async stage =>
    {
        var ids = new List<string>();
        for (var i = 0; i < 4; i++) ids.Add(await stage.CreateAsync());
        var viewers = ids.Select(id => stage.Watch(id)).ToList();
        var lastEvents = new List<SessionView>();
        var reading = ReadAsync();
        await stage.PassAsync(5);

        Assert.Equal([SessionStatus.Streaming, SessionStatus.Queued, SessionStatus.Queued, SessionStatus.Queued], await StatusesAsync());
        Assert.Equal([null, 1, 2, 3], await PositionsAsync());
        Assert.Empty(viewers[1].Blocks);
        Assert.Equal(new SessionLoad(4, 1, 3, 1), stage.Host.Load);

        await viewers[1].LeaveAsync();
        await stage.SettleAsync();
        Assert.Equal([null, null, 1, 2], await PositionsAsync());
        Assert.Equal([SessionStatus.Streaming, SessionStatus.Idle, SessionStatus.Queued, SessionStatus.Queued], await StatusesAsync());

        await viewers[0].LeaveAsync();
        await stage.PassAsync(3);
        Assert.Equal([null, null, null, 1], await PositionsAsync());
        Assert.NotEmpty(viewers[2].Blocks);
        Assert.Empty(viewers[3].Blocks);
        Assert.Equal([3, 2, 1], lastEvents.Select(e => e.QueuePosition).Where((p, i) => i == 0 || p != lastEvents[i - 1].QueuePosition));

        await stage.Host.CloseAsync(ids[2], default);
        await stage.PassAsync(3);
        Assert.NotEmpty(viewers[3].Blocks);
        Assert.Equal(SessionStatus.Streaming, (await stage.ViewAsync(ids[3])).Status);

        async Task ReadAsync()
        {
            await foreach (var view in stage.Host.EventsAsync(ids[3], default))
                if (view.Status is SessionStatus.Idle or SessionStatus.Queued) lastEvents.Add(view);
        }

        async Task<List<int?>> PositionsAsync() => (await stage.Host.ListAsync(default)).OrderBy(v => ids.IndexOf(v.Id)).Select(v => v.QueuePosition).ToList();

        async Task<List<SessionStatus>> StatusesAsync() => (await stage.Host.ListAsync(default)).OrderBy(v => ids.IndexOf(v.Id)).Select(v => v.Status).ToList();
    }, o => o.SessionsPerEngine = 1);

    [Fact]
    public void Watch_LineIsFull_IsRefusedAndTheSessionStaysIdle() => Stage.Play(async stage =>
    {
        var ids = new[] { await stage.CreateAsync(), await stage.CreateAsync(), await stage.CreateAsync() };
        stage.Watch(ids[0]);
        stage.Watch(ids[1]);
        var refused = stage.Watch(ids[2]);
        await stage.SettleAsync();

        Assert.Equal(SessionError.Overloaded, refused.Refusal?.Error);
        Assert.Equal((SessionStatus.Idle, 0), ((await stage.ViewAsync(ids[2])).Status, (await stage.ViewAsync(ids[2])).Viewers));
        Assert.Equal(SessionError.Overloaded, (await Assert.ThrowsAsync<SessionException>(() => stage.CreateAsync())).Error);
        // A second viewer of a session that has its place is no burden.
        var second = stage.Watch(ids[0]);
        await stage.PassAsync(1);
        Assert.NotEmpty(second.Blocks);
    }, o => (o.SessionsPerEngine, o.QueueLength) = (1, 1));

    [Fact]
    public void Pause_GivesThePlaceToTheNext() => Stage.Play(async stage =>
    {
        var ids = new[] { await stage.CreateAsync(), await stage.CreateAsync() };
        var viewers = ids.Select(id => stage.Watch(id)).ToList();
        await stage.PassAsync(3);
        await stage.Host.PauseAsync(ids[0], default);
        await stage.PassAsync(3);
        Assert.NotEmpty(viewers[1].Blocks);

        // Who comes back waits, even in a line that is full.
        await stage.Host.ResumeAsync(ids[0], default);
        await stage.PassAsync(1);
        Assert.Equal((SessionStatus.Queued, 1), ((await stage.ViewAsync(ids[0])).Status, (await stage.ViewAsync(ids[0])).QueuePosition));
        await viewers[1].LeaveAsync();
        await stage.PassAsync(3);
        Assert.Equal(SessionStatus.Streaming, (await stage.ViewAsync(ids[0])).Status);
    }, o => (o.SessionsPerEngine, o.QueueLength) = (1, 1));

    [Fact]
    public void Watch_TwoEngines_SessionsAreSpreadAndStayWhereTheirStateIs() => Stage.Play(async stage =>
    {
        var ids = new List<string>();
        for (var i = 0; i < 4; i++) ids.Add(await stage.CreateAsync(seed: (ulong)i));
        var viewers = ids.Select(id => stage.Watch(id)).ToList();
        await stage.PassAsync(3);
        Assert.Equal([2, 2], stage.Engines.Select(e => e.Streams.Count));

        var home = (await stage.ViewAsync(ids[0])).Engine;
        await viewers[0].LeaveAsync();
        await stage.PassAsync(3);
        viewers[0] = stage.Watch(ids[0]);
        await stage.PassAsync(3);
        Assert.Equal(home, (await stage.ViewAsync(ids[0])).Engine);
        Assert.Equal([2, 2], stage.Engines.Select(e => e.Streams.Count));
    }, engines: 2);
}
