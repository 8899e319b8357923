using SanaLive.Sessions.Tests.Fakes;

namespace SanaLive.Sessions.Tests.Sessions;

public sealed class StateTests
{
    [Fact]
    public void Create_Defaults_AreTheModels() => Stage.Play(async stage =>
    {
        var created = await stage.Host.CreateAsync(new CreateSession(), default);
        var view = created.View;
        Assert.Equal((created.Id, SessionStatus.Idle, 0L, "meadow day", "meadow day"), (view.Id, view.Status, view.Block, view.Prompt, view.Meaning));
        Assert.Equal(("fake-world", "window(3)", 16, 8, 16, 4), (view.Model, view.StatePolicy, view.FramesPerSecond, view.FramesPerBlock, view.Width, view.Height));
        Assert.Equal((0, 0L, 0.0), (view.Viewers, view.Stalls, view.Lead));
        Assert.InRange(view.Seed, 0UL, CreateSession.MaxSeed);
        Assert.Null(view.LastBlock);
        Assert.Equal(stage.Time.GetUtcNow(), view.Created);
    });

    [Fact]
    public void Create_Secrets_AreLongSafeInAnAddressAndNeverTheSame() => Stage.Play(async stage =>
    {
        var created = new List<SessionCreated>();
        for (var i = 0; i < 50; i++) created.Add(await stage.Host.CreateAsync(new CreateSession(), default));
        Assert.All(created, c => Assert.Matches("^[A-Za-z0-9_-]{22}$", c.Id));
        Assert.All(created, c => Assert.Matches("^[A-Za-z0-9_-]{43}$", c.DirectorKey));
        Assert.Equal(150, created.SelectMany(c => new[] { c.Id, c.DirectorKey, c.View.Seed.ToString() }).Distinct().Count());
    });

    [Fact]
    public void MaySteer_OnlyWithItsOwnKey() => Stage.Play(async stage =>
    {
        var one = await stage.Host.CreateAsync(new CreateSession(), default);
        var two = await stage.Host.CreateAsync(new CreateSession(), default);
        Assert.True(await stage.Host.MaySteerAsync(one.Id, one.DirectorKey, default));
        Assert.False(await stage.Host.MaySteerAsync(one.Id, two.DirectorKey, default));
        Assert.False(await stage.Host.MaySteerAsync(one.Id, "", default));
        Assert.False(await stage.Host.MaySteerAsync(one.Id, one.DirectorKey + " ", default));
    });

    [Theory]
    [InlineData("", null)]
    [InlineData("  ", null)]
    [InlineData("ok", ulong.MaxValue)]
    public void Create_Garbage_IsRefused(string prompt, ulong? seed) => Stage.Play(async stage =>
    {
        var refusal = await Assert.ThrowsAsync<SessionException>(() => stage.Host.CreateAsync(new CreateSession(prompt, seed), default));
        Assert.Equal(SessionError.Invalid, refusal.Error);
        Assert.Empty(await stage.Host.ListAsync(default));
    });

    [Fact]
    public void Create_MoreThanTheProcessHolds_IsRefused() => Stage.Play(async stage =>
    {
        await stage.CreateAsync();
        await stage.CreateAsync();
        Assert.Equal(SessionError.Overloaded, (await Assert.ThrowsAsync<SessionException>(() => stage.CreateAsync())).Error);
    }, o => o.MaxSessions = 2);

    [Fact]
    public void AnyCall_UnknownSession_IsNotFound() => Stage.Play(async stage =>
    {
        var host = stage.Host;
        var calls = new Func<Task>[]
        {
            () => host.GetAsync("nobody", default),
            () => host.MaySteerAsync("nobody", "key", default),
            () => host.CueAsync("nobody", new CueRequest("x"), default),
            () => host.ChangeCueAsync("nobody", "c1", new CueRequest("x"), default),
            () => host.WithdrawCueAsync("nobody", "c1", default),
            () => host.PauseAsync("nobody", default),
            () => host.ResumeAsync("nobody", default),
            () => host.CloseAsync("nobody", default),
            async () => await host.WatchAsync("nobody", null, default).GetAsyncEnumerator().MoveNextAsync(),
            async () => await host.EventsAsync("nobody", default).GetAsyncEnumerator().MoveNextAsync(),
        };
        foreach (var call in calls)
            Assert.Equal(SessionError.NotFound, (await Assert.ThrowsAsync<SessionException>(call)).Error);
        await host.ReportViewersAsync("nobody", "relay", 3, default);
    });

    [Fact]
    public void Pause_NothingIsMadeUntilResumed() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync();
        var viewer = stage.Watch(id);
        await stage.PassAsync(3);

        Assert.Equal(SessionStatus.Paused, (await stage.Host.PauseAsync(id, default)).Status);
        await stage.PassAsync(0.3);
        var made = stage.Engine.Calls.Count;
        await stage.PassAsync(60);
        Assert.Equal(made, stage.Engine.Calls.Count);
        Assert.Equal(0, stage.Host.Load.Active);

        Assert.Equal(SessionStatus.Streaming, (await ResumedAsync()).Status);
        await stage.PassAsync(3);
        Assert.InRange(stage.Engine.Calls.Count - made, 5, 9);
        Assert.Equal(Enumerable.Range(0, viewer.Blocks.Count).Select(i => (long)i), viewer.Numbers);
        Assert.Equal(0, (await stage.ViewAsync(id)).Stalls);
        Assert.All(viewer.Blocks, b => Assert.True(b.Block.DueAt >= b.At));

        async Task<SessionView> ResumedAsync()
        {
            await stage.Host.ResumeAsync(id, default);
            await stage.SettleAsync();
            return await stage.ViewAsync(id);
        }
    });

    [Fact]
    public void Pause_AndResumeAtOnce_LosesNothing() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync();
        var viewer = stage.Watch(id);
        await stage.PassAsync(3);
        await stage.Host.PauseAsync(id, default);
        await stage.Host.PauseAsync(id, default);
        await stage.PassAsync(0.1);
        await stage.Host.ResumeAsync(id, default);
        await stage.Host.ResumeAsync(id, default);
        await stage.PassAsync(3);
        Assert.All(viewer.Blocks, b => Assert.Equal(viewer.Blocks[0].Block.DueAt + b.Block.MediaTime, b.Block.DueAt));
    });

    [Fact]
    public void Pause_Cues_AreStillTaken() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync();
        stage.Watch(id);
        await stage.PassAsync(2);
        await stage.Host.PauseAsync(id, default);
        await stage.PassAsync(2);
        var cue = await stage.CueAsync(id, "night");
        await stage.Host.ResumeAsync(id, default);
        await stage.PassAsync(2);
        Assert.Equal(CueStatus.Applied, (await stage.ReceiptAsync(id, cue.Id)).Status);
    });

    [Fact]
    public void Watch_Paused_ShowsTheLastPicture() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync();
        stage.Watch(id);
        await stage.PassAsync(2);
        await stage.Host.PauseAsync(id, default);
        await stage.PassAsync(10);
        var viewer = stage.Watch(id);
        await stage.PassAsync(10);
        Assert.Single(viewer.Blocks);
        Assert.Equal(SessionStatus.Paused, (await stage.ViewAsync(id)).Status);
    });

    [Fact]
    public void Close_WatchingAndEventsEndAndTheSessionIsGone() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync();
        var viewer = stage.Watch(id);
        var events = EventsAsync(stage, id);
        await stage.PassAsync(2);

        await stage.Host.CloseAsync(id, default);
        await stage.SettleAsync();

        Assert.True(viewer.Ended);
        Assert.Equal(SessionStatus.Closed, (await events)[^1].Status);
        Assert.True(stage.Engine.Streams.Single().Disposed);
        Assert.Equal(0, stage.Host.Load.Active);
        Assert.Equal(SessionError.NotFound, (await Assert.ThrowsAsync<SessionException>(() => stage.ViewAsync(id))).Error);
        var made = stage.Engine.Calls.Count;
        await stage.PassAsync(10);
        Assert.Equal(made, stage.Engine.Calls.Count);
    });

    [Fact]
    public void Close_WhileABlockIsMade_GivesItUp() => Stage.Play(async stage =>
    {
        stage.Engine.BlockTime = TimeSpan.FromSeconds(10);
        var id = await stage.CreateAsync();
        stage.Watch(id);
        await stage.PassAsync(1);
        Assert.True(stage.Engine.Streams.Single().Busy);
        await stage.Host.CloseAsync(id, default);
        await stage.SettleAsync();
        Assert.True(stage.Engine.Streams.Single().Disposed);
        Assert.Equal(0, stage.Engine.QueueLength);
    });

    [Fact]
    public void Idle_LongerThanTheExpiry_IsClosed() => Stage.Play(async stage =>
    {
        var (idle, watched) = (await stage.CreateAsync(), await stage.CreateAsync());
        var viewer = stage.Watch(watched);
        await stage.PassAsync(50);
        await stage.CueAsync(idle, "night");
        await stage.PassAsync(50);
        // A command counts as use.
        Assert.Equal(2, (await stage.Host.ListAsync(default)).Count);
        await stage.PassAsync(50);
        Assert.Equal(watched, (await stage.Host.ListAsync(default)).Single().Id);
        await viewer.LeaveAsync();
        await stage.PassAsync(59);
        Assert.Single(await stage.Host.ListAsync(default));
        await stage.PassAsync(3);
        Assert.Empty(await stage.Host.ListAsync(default));
    }, o => o.IdleExpiry = TimeSpan.FromSeconds(60));

    [Fact]
    public void Events_AfterEachBlockAndCommand_AreWholeAndEverNewer() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync();
        var events = new List<SessionView>();
        var reading = ReadAsync();
        await stage.SettleAsync();
        Assert.Equal(SessionStatus.Idle, Assert.Single(events).Status);

        stage.Watch(id);
        await stage.PassAsync(4);
        await stage.CueAsync(id, "night");
        await stage.SettleAsync();
        Assert.Equal(CueStatus.Accepted, events[^1].Cues.Single().Status);
        await stage.PassAsync(2);
        await stage.Host.PauseAsync(id, default);
        await stage.SettleAsync();
        Assert.Equal(SessionStatus.Paused, events[^1].Status);

        Assert.Equal(CueStatus.Applied, events[^1].Cues.Single().Status);
        Assert.Equal(events.Select(e => e.Version).Distinct().Order(), events.Select(e => e.Version));
        Assert.True(events.Count(e => e.LastBlock is not null) >= 12);
        var last = events[^1];
        Assert.Equal((4096L, "fake-0", 1), (last.StateBytes, last.Engine, last.Viewers));
        Assert.Equal((100.0, 5.0, 105.0), (last.LastBlock!.Denoise, last.LastBlock.Encode, last.LastBlock.Total));
        Assert.InRange(events.Max(e => e.Lead), 0.4, 1);

        async Task ReadAsync()
        {
            await foreach (var view in stage.Host.EventsAsync(id, default)) events.Add(view);
        }
    });

    [Fact]
    public void Events_SlowReader_GetsTheNewestOnly() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync();
        stage.Watch(id);
        var slow = stage.Host.EventsAsync(id, default).GetAsyncEnumerator();
        await slow.MoveNextAsync();
        await stage.PassAsync(60);
        await slow.MoveNextAsync();
        Assert.Equal((await stage.ViewAsync(id)).Version, slow.Current.Version);
        await slow.DisposeAsync();
    });

    [Fact]
    public void Events_ReaderGivesUp_Ends() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync();
        var leaving = new CancellationTokenSource();
        var reading = ReadAsync();
        await stage.SettleAsync();
        leaving.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);

        async Task ReadAsync()
        {
            await foreach (var _ in stage.Host.EventsAsync(id, leaving.Token))
            {
                // Nothing more to do than to read.
            }
        }
    });

    [Fact]
    public void ReportViewers_OfRelays_AreAddedUp() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync();
        stage.Watch(id);
        await stage.SettleAsync();
        Assert.Equal(1, (await stage.ViewAsync(id)).Viewers);
        await stage.Host.ReportViewersAsync(id, "a", 5, default);
        await stage.Host.ReportViewersAsync(id, "b", 2, default);
        var version = (await stage.ViewAsync(id)).Version;
        Assert.Equal(7, (await stage.ViewAsync(id)).Viewers);
        await stage.Host.ReportViewersAsync(id, "b", 2, default);
        Assert.Equal(version, (await stage.ViewAsync(id)).Version);
        await stage.Host.ReportViewersAsync(id, "a", 0, default);
        Assert.Equal(2, (await stage.ViewAsync(id)).Viewers);
    });

    private static async Task<List<SessionView>> EventsAsync(Stage stage, string id)
    {
        var events = new List<SessionView>();
        await foreach (var view in stage.Host.EventsAsync(id, default)) events.Add(view);
        return events;
    }
}
