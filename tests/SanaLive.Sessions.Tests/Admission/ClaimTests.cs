using SanaLive.Sessions.Tests.Fakes;

namespace SanaLive.Sessions.Tests.Admission;

/// <summary>A session that is created when there is no room: it is in line before anybody watches it.</summary>
public sealed class ClaimTests
{
    [Fact]
    public void Create_WhileThereIsRoom_IsIdleAndTakesNothing() => OnePlace(async stage =>
    {
        await stage.CreateAsync();
        var view = await stage.ViewAsync(await stage.CreateAsync());
        Assert.Equal((SessionStatus.Idle, null), (view.Status, view.QueuePosition));
        Assert.Equal((0, 0), (stage.Host.Load.Active, stage.Host.Load.Queued));
    });

    [Fact]
    public void Create_WithoutRoom_IsQueuedWithAPositionFromTheStart() => OnePlace(async stage =>
    {
        stage.Watch(await stage.CreateAsync());
        await stage.PassAsync(1);
        var first = await stage.Host.CreateAsync(new CreateSession(), default);
        var second = await stage.Host.CreateAsync(new CreateSession(), default);
        Assert.Equal((SessionStatus.Queued, 1), (first.View.Status, first.View.QueuePosition));
        Assert.Equal((SessionStatus.Queued, 2), (second.View.Status, second.View.QueuePosition));
        await stage.PassAsync(5);
        Assert.Single(stage.Engine.Streams);
    });

    [Fact]
    public void Create_LineIsFull_IsRefusedAndNothingIsLeftOfIt() => OnePlace(async stage =>
    {
        stage.Watch(await stage.CreateAsync());
        await stage.SettleAsync();
        for (var i = 0; i < 3; i++) await stage.CreateAsync();
        var refusal = await Assert.ThrowsAsync<SessionException>(() => stage.CreateAsync());
        Assert.Equal(SessionError.Overloaded, refusal.Error);
        Assert.Equal(4, stage.Host.Load.Sessions);
    });

    [Fact]
    public void Follow_AQueuedSession_SeesEveryPositionUntilItsTurnHasCome() => OnePlace(async stage =>
    {
        var ids = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            ids.Add(await stage.CreateAsync());
            if (i == 0) stage.Watch(ids[0]);
            await stage.PassAsync(1);
        }

        var seen = new List<(SessionStatus, int?)>();
        _ = ReadAsync(ids[3], seen);
        // Nobody ever watches those before it: each loses its position, or its place, after a while.
        await stage.PassAsync(90);
        Assert.Equal([(SessionStatus.Queued, 3), (SessionStatus.Queued, 2), (SessionStatus.Queued, 1)], seen);
        await stage.Host.CloseAsync(ids[0], default);
        await stage.SettleAsync();
        Assert.Equal((SessionStatus.Idle, null), seen[^1]);

        // Its place is kept: nobody else gets it.
        Assert.Equal(SessionStatus.Queued, (await stage.Host.CreateAsync(new CreateSession(), default)).View.Status);
        var viewer = stage.Watch(ids[3]);
        await stage.PassAsync(2);
        Assert.NotEmpty(viewer.Blocks);
        Assert.Equal((SessionStatus.Streaming, null), seen[^1]);

        async Task ReadAsync(string id, List<(SessionStatus, int?)> states)
        {
            await foreach (var view in stage.Host.EventsAsync(id, default))
                if (states.Count == 0 || states[^1] != (view.Status, view.QueuePosition)) states.Add((view.Status, view.QueuePosition));
        }
    });

    [Fact]
    public void Queued_NobodyWatchesOrFollows_LosesItsPositionAfterTheClaim() => OnePlace(async stage =>
    {
        var viewer = stage.Watch(await stage.CreateAsync());
        await stage.SettleAsync();
        var id = await stage.CreateAsync();
        await stage.PassAsync(19);
        Assert.Equal(SessionStatus.Queued, (await stage.ViewAsync(id)).Status);
        await stage.PassAsync(2);
        Assert.Equal((SessionStatus.Idle, 0), ((await stage.ViewAsync(id)).Status, stage.Host.Load.Queued));
        Assert.NotEmpty(viewer.Blocks);
    });

    [Fact]
    public void Queued_ItsTurnComesAndNobodyWatches_ThePlaceGoesToTheNextAfterTheClaim() => OnePlace(async stage =>
    {
        var viewer = stage.Watch(await stage.CreateAsync());
        await stage.SettleAsync();
        var absent = await stage.CreateAsync();
        var next = stage.Watch(await stage.CreateAsync());
        await stage.PassAsync(15);
        await viewer.LeaveAsync();
        await stage.PassAsync(15);
        // The claim counts anew from the turn on.
        Assert.Equal((SessionStatus.Idle, 1), ((await stage.ViewAsync(absent)).Status, stage.Host.Load.Active));
        Assert.Empty(next.Blocks);
        await stage.PassAsync(8);
        Assert.NotEmpty(next.Blocks);
        Assert.Single(stage.Engine.Streams.Where(stream => stream.NextBlock > 0 && !stream.Disposed).Skip(1));
    });

    [Fact]
    public void Queued_IsWatched_KeepsItsPositionForAsLongAsThat() => OnePlace(async stage =>
    {
        stage.Watch(await stage.CreateAsync());
        await stage.SettleAsync();
        var (waiting, behind) = (await stage.CreateAsync(), await stage.CreateAsync());
        stage.Watch(waiting);
        stage.Watch(behind);
        await stage.PassAsync(300);
        Assert.Equal((1, 2), ((await stage.ViewAsync(waiting)).QueuePosition, (await stage.ViewAsync(behind)).QueuePosition));
    });

    [Fact]
    public void Queued_IsClosed_TheOthersMoveUp() => OnePlace(async stage =>
    {
        stage.Watch(await stage.CreateAsync());
        await stage.SettleAsync();
        var (gone, behind) = (await stage.CreateAsync(), await stage.CreateAsync());
        await stage.Host.CloseAsync(gone, default);
        await stage.SettleAsync();
        Assert.Equal((1, 1), ((await stage.ViewAsync(behind)).QueuePosition, stage.Host.Load.Queued));
    });

    private static void OnePlace(Func<Stage, Task> test) => Stage.Play(test, o => (o.SessionsPerEngine, o.QueueLength) = (1, 3));
}
