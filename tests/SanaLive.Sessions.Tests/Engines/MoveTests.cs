using SanaLive.Sessions.Engines;
using SanaLive.Sessions.Tests.Fakes;

namespace SanaLive.Sessions.Tests.Engines;

/// <summary>A running stream goes from one engine to another.</summary>
public sealed class MoveTests
{
    private const int Moments = 25;

    public static TheoryData<double> MoveTimes => [.. Enumerable.Range(0, Moments).Select(moment => moment * 0.173)];

    /// <summary>The stream as it is when nothing happens to it.</summary>
    private static readonly Lazy<IReadOnlyList<string>> Undisturbed = new(() =>
    {
        IReadOnlyList<string> hashes = [];
        Stage.Play(async stage =>
        {
            var id = await stage.CreateAsync("meadow day");
            var viewer = stage.Watch(id);
            await SteerAsync(stage, id);
            await stage.PassAsync(20);
            hashes = [.. viewer.Blocks.Select(one => one.Block.FrameHash)];
            await viewer.LeaveAsync();
        });
        return hashes;
    });

    [Theory]
    [MemberData(nameof(MoveTimes))]
    public void Move_AtAnyMoment_NoFrameIsLostRepeatedLateOrDifferent(double seconds) => Play(async stage =>
    {
        var id = await stage.CreateAsync("meadow day");
        var viewer = stage.Watch(id);
        await SteerAsync(stage, id);
        await stage.PassAsync(seconds);
        var moving = stage.Host.MoveAsync(id, "fake-1", default);
        await stage.PassAsync(6);

        Assert.Equal("fake-1", (await moving).Engine);
        AssertUndisturbed(viewer);
        Assert.All(viewer.Blocks, one => Assert.True(one.At <= one.Block.DueAt, $"block {one.Block.Number} was late"));
        Assert.All(viewer.Blocks, one => Assert.Equal(0, one.Block.Epoch));
        var view = await stage.ViewAsync(id);
        Assert.Equal((0, SessionStatus.Streaming, "fake-1"), (view.Stalls, view.Status, view.Engine));
        Assert.Equal([0, 1], (await stage.Host.EnginesAsync(default)).Select(engine => engine.Active));
        await viewer.LeaveAsync();
    });

    [Fact]
    public void Move_OfAKeptSession_IsKeptAsBefore() => Play(async stage =>
    {
        var id = await stage.CreateAsync("meadow day");
        var viewer = stage.Watch(id);
        await SteerAsync(stage, id);
        await stage.PassAsync(2);
        await MoveAsync(stage, id, "fake-1");
        await stage.PassAsync(2);
        var block = viewer.Numbers.Last();
        await stage.RestartAsync();
        var after = stage.Watch(id);
        await stage.PassAsync(3);
        Assert.True(after.Numbers.First() <= block + 1);
        Assert.All(after.Blocks, one => Assert.Equal(Undisturbed.Value[(int)one.Block.Number], one.Block.FrameHash));
        Assert.Null((await stage.ViewAsync(id)).Durability!.Note);
        await after.LeaveAsync();
        await viewer.LeaveAsync();
    }, store: new MemoryStore());

    [Fact]
    public void Move_WhileACueIsBeingRead_CueAppliesAtItsBlockOnTheOtherEngine() => Play(async stage =>
    {
        var id = await stage.CreateAsync("meadow day");
        var viewer = stage.Watch(id);
        await stage.PassAsync(2.1);
        var reading = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        stage.Engine.ReadGate = reading.Task;
        var cue = stage.CueAsync(id, "night");
        var moving = stage.Host.MoveAsync(id, "fake-1", default);
        await stage.PassAsync(0.05);
        reading.SetResult();
        await stage.PassAsync(3);
        await moving;
        var receipt = await stage.ReceiptAsync(id, (await cue).Id);
        Assert.Equal((CueStatus.Applied, (await cue).Block), (receipt.Status, receipt.Block));
        Assert.Equal("meadow night", (await stage.ViewAsync(id)).Meaning);
        Assert.Equal(0, (await stage.ViewAsync(id)).Stalls);
        await viewer.LeaveAsync();
    });

    [Fact]
    public void Move_OfASessionThatRests_GoesOnThereWhenItIsWatched() => Play(async stage =>
    {
        var id = await stage.CreateAsync("meadow day");
        await SteerAsync(stage, id);
        var viewer = stage.Watch(id);
        await stage.PassAsync(2);
        await viewer.LeaveAsync();
        await stage.PassAsync(2);
        Assert.Equal("fake-1", (await MoveAsync(stage, id, "fake-1")).Engine);
        Assert.Equal([0, 0], (await stage.Host.EnginesAsync(default)).Select(engine => engine.Active));
        var again = stage.Watch(id);
        await stage.PassAsync(2);
        Assert.Equal("fake-1", (await stage.ViewAsync(id)).Engine);
        Assert.All(again.Blocks, one => Assert.Equal(Undisturbed.Value[(int)one.Block.Number], one.Block.FrameHash));
        Assert.Equal(1, stage.Engines[1].Loaded);
        await again.LeaveAsync();
    });

    [Fact]
    public void Move_OfAQueuedSession_TakesAFreePlaceOrIsRefused() => Play(async stage =>
    {
        // Both rest on the first engine, whose one place somebody else takes; the second engine is full too.
        var (mine, first, second) = (await stage.CreateAsync("meadow day"), await stage.CreateAsync(seed: 1), await stage.CreateAsync(seed: 2));
        var viewers = new List<Viewer> { stage.Watch(first), stage.Watch(second), stage.Watch(mine) };
        await stage.PassAsync(2);
        Assert.Equal(SessionStatus.Queued, (await stage.ViewAsync(mine)).Status);
        foreach (var engine in stage.Engines)
        {
            var refused = await Assert.ThrowsAsync<SessionException>(() => stage.Host.MoveAsync(mine, engine.Name, default));
            Assert.Equal(SessionError.Overloaded, refused.Error);
        }

        Assert.Equal(1, (await stage.ViewAsync(mine)).QueuePosition);
        var running = (await stage.ViewAsync(first)).Engine;
        var other = stage.Engines.Single(engine => engine.Name != running).Name;
        Assert.Contains("no place", (await Assert.ThrowsAsync<SessionException>(() => stage.Host.MoveAsync(first, other, default))).Message, StringComparison.Ordinal);
        Assert.Equal(running, (await stage.ViewAsync(first)).Engine);
        await viewers[1].LeaveAsync();
        await stage.PassAsync(2);
        Assert.Equal(SessionStatus.Streaming, (await stage.ViewAsync(mine)).Status);
        foreach (var viewer in viewers) await viewer.LeaveAsync();
    }, options => options.SessionsPerEngine = 1);

    [Fact]
    public void Move_ThatCannotBe_IsRefusedWithASentence() => Play(async stage =>
    {
        var id = await stage.CreateAsync();
        var viewer = stage.Watch(id);
        await stage.PassAsync(2);
        await RefusedAsync("gpu-9", SessionError.Invalid, "fake-0, fake-1");
        await RefusedAsync("fake-0", SessionError.Conflict, "on engine fake-0 already");
        await stage.Host.DrainAsync("fake-1", default);
        await RefusedAsync("fake-1", SessionError.Conflict, "being drained");
        await stage.Host.ServeAsync("fake-1", default);
        var one = stage.Host.MoveAsync(id, "fake-1", default);
        await RefusedAsync("fake-1", SessionError.Conflict, "on its way to engine fake-1");
        await stage.PassAsync(1);
        await one;
        await stage.Host.CloseAsync(id, default);
        await stage.SettleAsync();
        Assert.Equal(SessionError.NotFound, (await Assert.ThrowsAsync<SessionException>(() => stage.Host.MoveAsync(id, "fake-0", default))).Error);
        Assert.True(viewer.Ended);

        async Task RefusedAsync(string engine, SessionError error, string sentence)
        {
            var refused = await Assert.ThrowsAsync<SessionException>(() => stage.Host.MoveAsync(id, engine, default));
            Assert.Equal(error, refused.Error);
            Assert.Contains(sentence, refused.Message, StringComparison.Ordinal);
        }
    });

    [Fact]
    public void Move_ToAnEngineThatCannotTakeIt_StaysWhereItIsAndSaysSo() => Play(async stage =>
    {
        var id = await stage.CreateAsync("meadow day");
        await SteerAsync(stage, id);
        var viewer = stage.Watch(id);
        await stage.PassAsync(2);
        stage.Engines[1].CannotLoad = true;
        var refused = await Assert.ThrowsAsync<SessionException>(() => MoveAsync(stage, id, "fake-1"));
        Assert.Equal(SessionError.Failed, refused.Error);
        Assert.Contains("there is no memory left", refused.Message, StringComparison.Ordinal);
        await stage.PassAsync(4);
        AssertUndisturbed(viewer);
        Assert.Equal([1, 0], (await stage.Host.EnginesAsync(default)).Select(engine => engine.Active));
        Assert.All(await stage.Host.EnginesAsync(default), engine => Assert.Equal(EngineState.Serving, engine.State));
        await viewer.LeaveAsync();
    });

    [Fact]
    public void Move_WhileItsSessionIsClosed_EndsAndGivesThePlaceBack() => Play(async stage =>
    {
        var id = await stage.CreateAsync();
        var viewer = stage.Watch(id);
        await stage.PassAsync(2.1);
        var moving = stage.Host.MoveAsync(id, "fake-1", default);
        await stage.Host.CloseAsync(id, default);
        await stage.PassAsync(2);
        await Record.ExceptionAsync(() => moving);
        Assert.True(moving.IsCompleted);
        Assert.Equal([0, 0], (await stage.Host.EnginesAsync(default)).Select(engine => engine.Active));
        await viewer.LeaveAsync();
    });

    [Fact]
    public void Move_Storm_EveryStreamIsWhatItWouldHaveBeen() => Play(async stage =>
    {
        var random = new Random(4);
        var ids = new List<string>();
        for (var i = 0; i < 4; i++) ids.Add(await stage.CreateAsync("meadow day"));
        var viewers = ids.Select(id => stage.Watch(id)).ToList();
        foreach (var id in ids) await SteerAsync(stage, id);
        var moves = new List<Task<SessionView>>();
        for (var i = 0; i < 200; i++)
        {
            moves.Add(stage.Host.MoveAsync(ids[random.Next(4)], stage.Engines[random.Next(3)].Name, default));
            await stage.PassAsync(random.NextDouble() * 0.05);
        }

        await stage.PassAsync(3);
        Assert.All(moves, move => Assert.True(move.IsCompleted));
        Assert.All(moves.Where(move => move.IsFaulted), move => Assert.Equal(SessionError.Conflict, Assert.IsType<SessionException>(move.Exception!.InnerException).Error));
        Assert.True(moves.Count(move => move.IsCompletedSuccessfully) > 30);
        Assert.All(viewers, AssertUndisturbed);
        foreach (var id in ids) Assert.Equal(0, (await stage.ViewAsync(id)).Stalls);
        Assert.Equal(4, (await stage.Host.EnginesAsync(default)).Sum(engine => engine.Active));
        foreach (var viewer in viewers) await viewer.LeaveAsync();
    }, options => options.SessionsPerEngine = 4, engines: 3);

    [Fact]
    public void Session_WhoseEngineIsFull_GoesOnWhereThereIsRoom() => Play(async stage =>
    {
        var id = await stage.CreateAsync("meadow day");
        await SteerAsync(stage, id);
        var viewer = stage.Watch(id);
        await stage.PassAsync(2);
        await viewer.LeaveAsync();
        await stage.PassAsync(1);
        var guest = stage.Watch(await stage.CreateAsync(seed: 1));
        await stage.PassAsync(1);
        var other = await stage.CreateAsync(seed: 2);
        var busy = stage.Watch(other);
        await stage.PassAsync(1);
        Assert.Equal(2, stage.Host.Load.Active);
        await guest.LeaveAsync();
        await stage.PassAsync(1);
        var again = stage.Watch(id);
        await stage.PassAsync(2);
        Assert.Equal(SessionStatus.Streaming, (await stage.ViewAsync(id)).Status);
        Assert.All(again.Blocks, one => Assert.Equal(Undisturbed.Value[(int)one.Block.Number], one.Block.FrameHash));
        foreach (var one in new[] { again, busy }) await one.LeaveAsync();
    }, options => options.SessionsPerEngine = 1);

    internal static async Task<SessionView> MoveAsync(Stage stage, string id, string engine)
    {
        var moving = stage.Host.MoveAsync(id, engine, default);
        await stage.PassAsync(1);
        return await moving;
    }

    /// <summary>Everything that a schedule can do: cuts, blends that overlap, several cues at once.</summary>
    internal static async Task SteerAsync(Stage stage, string id)
    {
        await stage.CueAsync(id, "night", atBlock: 2, blend: 2);
        await stage.CueAsync(id, "forest", atBlock: 3, blend: 3);
        await stage.CueAsync(id, "desert day", atBlock: 6, blend: 0);
        await stage.CueAsync(id, "night", atBlock: 9, blend: 5);
    }

    private static void AssertUndisturbed(Viewer viewer)
    {
        Assert.Equal(Enumerable.Range(0, viewer.Blocks.Count).Select(number => (long)number), viewer.Numbers);
        Assert.True(viewer.Blocks.Count > 8);
        Assert.Equal(Undisturbed.Value.Take(viewer.Blocks.Count), viewer.Blocks.Select(one => one.Block.FrameHash));
    }

    private static void Play(Func<Stage, Task> test, Action<SessionOptions>? configure = null, int engines = 2, MemoryStore? store = null) =>
        Stage.Play(test, configure, engines, store);
}
