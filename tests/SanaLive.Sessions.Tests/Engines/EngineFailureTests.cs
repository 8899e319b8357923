using SanaLive.Sessions.Bookmarks;
using SanaLive.Sessions.Engines;
using SanaLive.Sessions.Tests.Fakes;

namespace SanaLive.Sessions.Tests.Engines;

/// <summary>An engine throws or hangs: it is fenced off, and its sessions go on.</summary>
public sealed class EngineFailureTests
{
    private static readonly Lazy<IReadOnlyList<string>> Undisturbed = new(() =>
    {
        IReadOnlyList<string> hashes = [];
        Stage.Play(async stage =>
        {
            var id = await stage.CreateAsync("meadow day");
            var viewer = stage.Watch(id);
            await MoveTests.SteerAsync(stage, id);
            await stage.PassAsync(40);
            hashes = [.. viewer.Blocks.Select(one => one.Block.FrameHash)];
            await viewer.LeaveAsync();
        });
        return hashes;
    });

    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    [InlineData(1.13)]
    [InlineData(2.4)]
    public void Engine_ThrowsInTheMiddleOfABlock_TheStreamGoesOnElsewhereWithoutAGap(double seconds) => Play(async stage =>
    {
        var (id, viewer) = await StartAsync(stage, seconds);
        stage.Engine.AlwaysFails = _ => true;
        await stage.PassAsync(6);
        AssertUndisturbed(viewer, 12);
        Assert.Equal(("fake-1", SessionStatus.Streaming), ((await stage.ViewAsync(id)).Engine, (await stage.ViewAsync(id)).Status));
        var engine = (await stage.Host.EnginesAsync(default))[0];
        Assert.Equal((EngineState.Failed, 2L, 0, 0), (engine.State, engine.Epoch, engine.Active, engine.Sessions));
        Assert.Contains("the device is gone", engine.Reason, StringComparison.Ordinal);
        await viewer.LeaveAsync();
    });

    [Fact]
    public void Engine_ThatThrew_ServesAgainWhenItAnswers() => Play(async stage =>
    {
        var (_, viewer) = await StartAsync(stage, 1);
        stage.Engine.AlwaysFails = _ => true;
        await stage.PassAsync(10);
        Assert.Equal(EngineState.Failed, (await stage.Host.EnginesAsync(default))[0].State);
        stage.Engine.AlwaysFails = _ => false;
        await stage.PassAsync(30);
        Assert.Equal(EngineState.Serving, (await stage.Host.EnginesAsync(default))[0].State);
        Assert.Null((await stage.Host.EnginesAsync(default))[0].Reason);
        AssertUndisturbed(viewer, 60);
        await viewer.LeaveAsync();
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Engine_Hangs_AllItsSessionsGoOnElsewhereAndItsLateAnswerIsRefused(bool kept) => Play(async stage =>
    {
        var (id, viewer) = await StartAsync(stage, 1.6);
        var other = await stage.CreateAsync("meadow day");
        var beside = stage.Watch(other);
        await MoveTests.SteerAsync(stage, other);
        await stage.PassAsync(1.9);
        if ((await stage.ViewAsync(other)).Engine != "fake-0") await MoveTests.MoveAsync(stage, other, "fake-0");
        var before = stage.Engines[0].Calls.Count;
        stage.Engine.Hangs = true;
        await stage.PassAsync(13);
        foreach (var one in new[] { id, other })
            Assert.Equal(("fake-1", SessionStatus.Streaming), ((await stage.ViewAsync(one)).Engine, (await stage.ViewAsync(one)).Status));
        var shown = viewer.Blocks.Count;
        // The block that hung comes after all, long after another engine has made it.
        stage.Engine.GoOn();
        await stage.PassAsync(5);
        Assert.True(viewer.Blocks.Count > shown);
        Assert.True(stage.Engines[0].Calls.Count > before);
        AssertUndisturbed(viewer, 16);
        AssertUndisturbed(beside, 16);
        Assert.Equal(1, (await stage.ViewAsync(id)).Stalls);
        await stage.PassAsync(40);
        Assert.Equal(EngineState.Serving, (await stage.Host.EnginesAsync(default))[0].State);
        await viewer.LeaveAsync();
        await beside.LeaveAsync();
    }, store: kept ? new MemoryStore() : null);

    [Fact]
    public void Engine_FailsAndThereIsNoOther_StatusSaysSoAndTheStreamGoesOnWhenItIsBack() => Play(async stage =>
    {
        var (id, viewer) = await StartAsync(stage, 2);
        stage.Engine.AlwaysFails = _ => true;
        await stage.PassAsync(20);
        var view = await stage.ViewAsync(id);
        Assert.Equal(SessionStatus.Queued, view.Status);
        Assert.Contains("Engine fake-0 has failed (the device is gone)", view.Notice, StringComparison.Ordinal);
        var shown = viewer.Blocks.Count;
        stage.Engine.AlwaysFails = _ => false;
        await stage.PassAsync(40);
        view = await stage.ViewAsync(id);
        Assert.Equal((SessionStatus.Streaming, null), (view.Status, view.Notice));
        Assert.True(viewer.Blocks.Count > shown);
        AssertUndisturbed(viewer, shown + 10);
        await viewer.LeaveAsync();
    }, engines: 1);

    [Fact]
    public void Engine_HangsAndThereIsNoOther_TheStreamGoesOnWhenItIsBack() => Play(async stage =>
    {
        var (id, viewer) = await StartAsync(stage, 2);
        stage.Engine.Hangs = true;
        await stage.PassAsync(20);
        Assert.Contains("did not answer within 5 s", (await stage.ViewAsync(id)).Notice, StringComparison.Ordinal);
        // A cue can still be sent: nobody can read it, and that is said.
        Assert.Equal(SessionError.Overloaded, (await Assert.ThrowsAsync<SessionException>(() => stage.CueAsync(id, "forest"))).Error);
        stage.Engine.GoOn();
        await stage.PassAsync(40);
        Assert.Equal(SessionStatus.Streaming, (await stage.ViewAsync(id)).Status);
        AssertUndisturbed(viewer, 20);
        await viewer.LeaveAsync();
    }, engines: 1);

    [Fact]
    public void OneStreamFails_OnASoundEngine_TheEngineIsNotBlamed() => Play(async stage =>
    {
        var bad = await stage.CreateAsync(seed: 666);
        stage.Watch(bad);
        await stage.PassAsync(2);
        foreach (var engine in stage.Engines) engine.AlwaysFails = stream => stream.Seed == 666;
        await stage.PassAsync(5);
        Assert.Equal(SessionStatus.Failed, (await stage.ViewAsync(bad)).Status);
        Assert.All(await stage.Host.EnginesAsync(default), engine => Assert.Equal((EngineState.Serving, 1L), (engine.State, engine.Epoch)));
    });

    [Fact]
    public void Engine_FailsUnderACueForALaterBlock_TheCueAppliesThereOnce() => Play(async stage =>
    {
        var (id, viewer) = await StartAsync(stage, 0.2, steer: false);
        var receipt = await stage.CueAsync(id, "night", atBlock: 4);
        await stage.PassAsync(1);
        stage.Engine.AlwaysFails = _ => true;
        await stage.PassAsync(5);
        var applied = await stage.ReceiptAsync(id, receipt.Id);
        Assert.Equal((CueStatus.Applied, 4L), (applied.Status, applied.Block));
        Assert.Equal(Enumerable.Range(0, viewer.Blocks.Count).Select(number => (long)number), viewer.Numbers);
        await viewer.LeaveAsync();
    });

    [Fact]
    public void Engine_FailsRightAfterARewind_TheStreamGoesOnFromThere() => Play(async stage =>
    {
        var id = await stage.CreateAsync("meadow day");
        var viewer = stage.Watch(id);
        await stage.PassAsync(1);
        var bookmark = await stage.Host.BookmarkAsync(id, new BookmarkRequest("here"), default);
        await stage.PassAsync(3);
        var rewind = await stage.Host.RewindAsync(id, new RewindRequest(bookmark.Id), default);
        while ((await stage.ViewAsync(id)).Block <= rewind.Block) await stage.PassAsync(0.02);
        stage.Engine.AlwaysFails = _ => true;
        await stage.PassAsync(3);
        Assert.Equal("fake-1", (await stage.ViewAsync(id)).Engine);
        Assert.Equal(Enumerable.Range(0, viewer.Blocks.Count).Select(number => (long)number), viewer.Numbers);
        var hashes = viewer.Blocks.Select(one => one.Block.FrameHash).ToList();
        Assert.True(hashes.Count > rewind.Block + 4);
        Assert.Equal(hashes.Skip((int)bookmark.Block).Take(4), hashes.Skip((int)rewind.Block).Take(4));
        await viewer.LeaveAsync();
    });

    [Fact]
    public void Engine_FailsWhileASessionMovesThere_TheSessionStaysAndIsWhole() => Play(async stage =>
    {
        var (id, viewer) = await StartAsync(stage, 2);
        stage.Engines[1].CannotLoad = true;
        stage.Engines[1].AlwaysFails = _ => true;
        var refused = await Assert.ThrowsAsync<SessionException>(() => MoveTests.MoveAsync(stage, id, "fake-1"));
        Assert.Equal(SessionError.Failed, refused.Error);
        await stage.PassAsync(4);
        Assert.Equal(EngineState.Failed, (await stage.Host.EnginesAsync(default))[1].State);
        Assert.Equal("fake-0", (await stage.ViewAsync(id)).Engine);
        AssertUndisturbed(viewer, 12);
        await viewer.LeaveAsync();
    });

    [Fact]
    public void Engine_FailsWhileASessionMovesAway_TheSessionArrivesFromItsLastState() => Play(async stage =>
    {
        var (id, viewer) = await StartAsync(stage, 2.05);
        stage.Engine.Hangs = true;
        var moving = stage.Host.MoveAsync(id, "fake-1", default);
        await stage.PassAsync(15);
        Assert.Equal("fake-1", (await moving).Engine);
        AssertUndisturbed(viewer, 16);
        stage.Engine.GoOn();
        await viewer.LeaveAsync();
    });

    private static async Task<(string Id, Viewer Viewer)> StartAsync(Stage stage, double seconds, bool steer = true)
    {
        var id = await stage.CreateAsync("meadow day");
        var viewer = stage.Watch(id);
        if (steer) await MoveTests.SteerAsync(stage, id);
        await stage.PassAsync(seconds);
        Assert.Equal("fake-0", (await stage.ViewAsync(id)).Engine);
        return (id, viewer);
    }

    private static void AssertUndisturbed(Viewer viewer, int blocks)
    {
        Assert.Equal(Enumerable.Range(0, viewer.Blocks.Count).Select(number => (long)number), viewer.Numbers);
        Assert.True(viewer.Blocks.Count >= blocks, $"only {viewer.Blocks.Count} blocks");
        var known = Math.Min(Undisturbed.Value.Count, viewer.Blocks.Count);
        Assert.Equal(Undisturbed.Value.Take(known), viewer.Blocks.Take(known).Select(one => one.Block.FrameHash));
    }

    private static void Play(Func<Stage, Task> test, int engines = 2, MemoryStore? store = null) => Stage.Play(test, engines: engines, store: store);
}
