using SanaLive.Sessions.Tests.Fakes;

namespace SanaLive.Sessions.Tests.Sessions;

public sealed class WatchingTests
{
    [Fact]
    public void Watch_OneViewer_BlocksComeInOrderAndNeverFurtherAheadThanTheLead() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync();
        var viewer = stage.Watch(id);

        await stage.PassAsync(10);

        Assert.Equal(Enumerable.Range(0, viewer.Blocks.Count).Select(i => (long)i), viewer.Numbers);
        // Twenty blocks shown, and the lead of two.
        Assert.InRange(viewer.Blocks.Count, 20, 22);
        Assert.All(viewer.Blocks, b => Assert.True(b.Block.DueAt >= b.At, "A block was late."));
        Assert.All(viewer.Blocks, b => Assert.True(b.Block.DueAt + FakeEngine.Card.BlockDuration - b.At <= TimeSpan.FromSeconds(1), "A block was early."));
        Assert.Equal(0, (await stage.ViewAsync(id)).Stalls);
    });

    [Fact]
    public void Watch_Nobody_NothingIsMade() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync();
        await stage.PassAsync(30);
        Assert.Empty(stage.Engine.Calls);
        Assert.Equal(SessionStatus.Idle, (await stage.ViewAsync(id)).Status);
    });

    [Fact]
    public void Watch_AllViewersLeave_GenerationStopsWithinTheLead() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync();
        var viewers = new[] { stage.Watch(id), stage.Watch(id) };
        await stage.PassAsync(5);
        await viewers[0].LeaveAsync();
        await stage.PassAsync(2);
        Assert.Equal(SessionStatus.Streaming, (await stage.ViewAsync(id)).Status);

        await viewers[1].LeaveAsync();
        var before = stage.Engine.Calls.Count;
        await stage.PassAsync(1);
        var after = stage.Engine.Calls.Count;
        await stage.PassAsync(600);

        Assert.InRange(after - before, 0, 2);
        Assert.Equal(after, stage.Engine.Calls.Count);
        Assert.Equal(SessionStatus.Idle, (await stage.ViewAsync(id)).Status);
        Assert.Equal(0, stage.Host.Load.Active);
    });

    [Fact]
    public void Watch_LateViewer_StartsAtOnceWithTheBlockOnAir() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync();
        stage.Watch(id);
        await stage.PassAsync(7.2);

        var late = stage.Watch(id);
        await stage.SettleAsync();

        var first = late.Blocks[0].Block;
        Assert.True(first.DueAt <= stage.Time.GetUtcNow() && stage.Time.GetUtcNow() < first.DueAt + FakeEngine.Card.BlockDuration);
        Assert.True(first.Number > 10);
    });

    [Fact]
    public void Watch_SlowReader_IsTakenToTheBlockOnAir() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync();
        var brisk = stage.Watch(id);
        var slow = stage.Host.WatchAsync(id, null, default).GetAsyncEnumerator();
        var first = slow.MoveNextAsync();
        await stage.PassAsync(0.2);
        Assert.True(await first);
        Assert.Equal(0, slow.Current.Number);

        await stage.PassAsync(20);
        await slow.MoveNextAsync();

        Assert.True(slow.Current.DueAt + FakeEngine.Card.BlockDuration > stage.Time.GetUtcNow(), "An old block.");
        // Held nobody up.
        Assert.InRange(brisk.Blocks.Count, 40, 42);
        Assert.Equal(0, (await stage.ViewAsync(id)).Stalls);
        await slow.DisposeAsync();
    });

    [Fact]
    public void Watch_FromABlockStillHere_ResumesThere() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync();
        stage.Watch(id);
        await stage.PassAsync(5);
        var newest = (await stage.ViewAsync(id)).Block - 1;

        var resumed = stage.Watch(id, fromBlock: newest - 5);
        await stage.SettleAsync();
        await stage.PassAsync(2);

        Assert.Equal(Enumerable.Range(0, resumed.Blocks.Count).Select(i => newest - 5 + i), resumed.Numbers);
        Assert.True(resumed.Blocks.Count > 8);
    });

    [Fact]
    public void Watch_FromABlockLongGone_StartsAtTheBlockOnAir() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync();
        stage.Watch(id);
        await stage.PassAsync(20);
        var resumed = stage.Watch(id, fromBlock: 3);
        await stage.SettleAsync();
        Assert.InRange(resumed.Numbers.First(), 38, 41);
    });

    [Fact]
    public void Watch_FromABlockToCome_WaitsForIt() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync();
        var viewer = stage.Watch(id, fromBlock: 6);
        await stage.PassAsync(5);
        Assert.Equal(6, viewer.Numbers.First());
    });

    [Fact]
    public void Watch_FromANegativeBlock_IsRefused() => Stage.Play(async stage =>
    {
        var viewer = stage.Watch(await stage.CreateAsync(), fromBlock: -1);
        await stage.SettleAsync();
        Assert.Equal(SessionError.Invalid, viewer.Refusal?.Error);
    });

    [Fact]
    public void Watch_BlocksTooSlow_ClockMovesAndStallsAreCounted() => Stage.Play(async stage =>
    {
        stage.Engine.BlockTime = TimeSpan.FromSeconds(0.75);
        var id = await stage.CreateAsync();
        var viewer = stage.Watch(id);

        await stage.PassAsync(9.8);

        var view = await stage.ViewAsync(id);
        Assert.Equal(13, viewer.Blocks.Count);
        Assert.Equal(12, view.Stalls);
        // Two blocks never overlap, whatever the stalls.
        Assert.All(viewer.Blocks.Zip(viewer.Blocks.Skip(1)), p => Assert.True(p.Second.Block.DueAt - p.First.Block.DueAt >= FakeEngine.Card.BlockDuration));
        Assert.All(viewer.Blocks, b => Assert.True(b.Block.DueAt >= b.At));
    });

    [Fact]
    public void Watch_AgainAfterARest_IsANewBeginningAndNoStall() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync();
        var first = stage.Watch(id);
        await stage.PassAsync(3);
        await first.LeaveAsync();
        await stage.PassAsync(100);
        var made = (await stage.ViewAsync(id)).Block;

        var second = stage.Watch(id);
        await stage.PassAsync(3);

        Assert.Equal(0, (await stage.ViewAsync(id)).Stalls);
        // The last picture at once, then the stream goes on where it stopped.
        Assert.Equal(made - 1, second.Numbers.First());
        Assert.Equal(Enumerable.Range(0, second.Blocks.Count).Select(i => made - 1 + i), second.Numbers);
        Assert.All(second.Blocks.Skip(1), b => Assert.True(b.Block.DueAt >= b.At));
    });

    [Fact]
    public void Watch_AgainWithinTheGrace_GoesOnWithoutABreak() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync();
        var first = stage.Watch(id);
        await stage.PassAsync(3);
        var due = first.Blocks[^1].Block;
        await first.LeaveAsync();
        await stage.PassAsync(0.1);
        var second = stage.Watch(id);
        await stage.PassAsync(3);
        Assert.All(second.Blocks, b => Assert.Equal(due.DueAt + (b.Block.Number - due.Number) * FakeEngine.Card.BlockDuration, b.Block.DueAt));
    });

    [Fact]
    public void Watch_EngineIsAskedForEachBlock_ByTheTimeItIsDue() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync();
        var viewer = stage.Watch(id);
        var start = stage.Time.GetUtcNow();
        await stage.PassAsync(5);
        // The first has the longest lead's time: it must not push aside streams that are being watched.
        Assert.Equal(start + TimeSpan.FromSeconds(1.5), stage.Engine.Calls[0].Request.Deadline);
        Assert.Equal(viewer.Blocks.Skip(1).Select(b => b.Block.DueAt), stage.Engine.Calls.Skip(1).Take(viewer.Blocks.Count - 1).Select(c => c.Request.Deadline));
    });

    [Fact]
    public void Watch_LastBlockComesLateWhenAllHaveLeft_IsNoStall() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync();
        var viewer = stage.Watch(id);
        await stage.PassAsync(3.2);
        stage.Engine.BlockTime = TimeSpan.FromSeconds(3);
        await stage.PassAsync(0.5);
        await viewer.LeaveAsync();
        await stage.PassAsync(10);
        Assert.Equal(0, (await stage.ViewAsync(id)).Stalls);
        stage.Engine.BlockTime = TimeSpan.FromSeconds(0.1);
        var again = stage.Watch(id);
        await stage.PassAsync(3);
        Assert.Equal(0, (await stage.ViewAsync(id)).Stalls);
        Assert.All(again.Blocks.Skip(1), b => Assert.True(b.Block.DueAt >= b.At));
    });

    [Fact]
    public void Watch_SystemClockIsSetBackAnHour_StreamGoesOn() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync();
        var viewer = stage.Watch(id);
        await stage.PassAsync(3);
        var before = viewer.Blocks.Count;
        stage.Time.Set(stage.Time.GetUtcNow() - TimeSpan.FromHours(1));
        // Timers count elapsed time and do not see the change; here they do, so the viewer's coming wakes the session.
        stage.Watch(id);
        await stage.PassAsync(5);
        Assert.InRange(viewer.Blocks.Count - before, 9, 13);
    });

    [Fact]
    public void Watch_EncoderIsSlow_NextBlockIsMadeMeanwhile() => Stage.Play(async stage =>
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        stage.Encoder.Gate = gate.Task;
        var id = await stage.CreateAsync();
        stage.Watch(id);

        await stage.PassAsync(5);
        Assert.Equal(2, stage.Engine.Calls.Count);
        gate.SetResult();
        await stage.PassAsync(5);

        Assert.Equal(1, stage.Encoder.MostAtOnce);
        Assert.True(stage.Engine.Calls.Count > 10);
    });

    [Fact]
    public void Watch_SameSeedAndPrompt_SameBlocks() => Stage.Play(async stage =>
    {
        var viewers = new[] { stage.Watch(await stage.CreateAsync("forest", 5)), stage.Watch(await stage.CreateAsync("forest", 5)), stage.Watch(await stage.CreateAsync("forest", 6)) };
        await stage.PassAsync(5);
        Assert.Equal(viewers[0].Blocks.Take(8).Select(b => b.Block.FrameHash), viewers[1].Blocks.Take(8).Select(b => b.Block.FrameHash));
        Assert.NotEqual(viewers[0].Blocks[0].Block.FrameHash, viewers[2].Blocks[0].Block.FrameHash);
        Assert.Equal(64, viewers[0].Blocks[0].Block.FrameHash.Length);
    });
}
