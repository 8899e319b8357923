using SanaLive.Sessions.Tests.Fakes;

namespace SanaLive.Sessions.Tests.Sessions;

/// <summary>How soon a cue is seen: the lead, and the last moment at which a cue is still meant for a block.</summary>
public sealed class LeadTests
{
    [Fact]
    public void Cue_OneViewerOfAQuickEngine_IsSeenWithinABlockAndAHeadStart() => Stage.Play(async stage =>
    {
        stage.Engine.BlockTime = TimeSpan.FromSeconds(0.15);
        var id = await stage.CreateAsync();
        var viewer = stage.Watch(id);
        await stage.PassAsync(20);
        var waits = new List<double>();
        for (var i = 0; i < 40; i++)
        {
            await stage.PassAsync(2.013);
            var sent = stage.Time.GetUtcNow();
            var receipt = await stage.CueAsync(id, i % 2 == 0 ? "night" : "day");
            await stage.PassAsync(1.5);
            waits.Add((viewer.Blocks.Single(b => b.Block.Number == receipt.Block).Block.DueAt - sent).TotalSeconds);
        }

        waits.Sort();
        Assert.True(waits[20] < 0.55 && waits[^1] < 0.75, $"p50 {waits[20]} s, longest {waits[^1]} s");
        Assert.Equal(0, (await stage.ViewAsync(id)).Stalls);
    });

    [Fact]
    public void Lead_BlocksBecomeSlow_GrowsAndTheStreamStallsNoMore() => Stage.Play(async stage =>
    {
        var id = await stage.CreateAsync();
        var viewer = stage.Watch(id);
        await stage.PassAsync(30);
        Assert.InRange(Ahead(viewer), 0.05, 0.2);

        // A third of every second is somebody else's.
        for (var i = 0; i < 20; i++)
        {
            stage.Engine.BlockTime = TimeSpan.FromSeconds(i % 2 == 0 ? 0.45 : 0.1);
            await stage.PassAsync(0.5);
        }

        var stalls = (await stage.ViewAsync(id)).Stalls;
        for (var i = 0; i < 40; i++)
        {
            stage.Engine.BlockTime = TimeSpan.FromSeconds(i % 2 == 0 ? 0.45 : 0.1);
            await stage.PassAsync(0.5);
        }

        Assert.Equal(stalls, (await stage.ViewAsync(id)).Stalls);
        Assert.True(stalls <= 2, $"{stalls} stalls until the lead was long enough");

        stage.Engine.BlockTime = TimeSpan.FromSeconds(0.1);
        await stage.PassAsync(60);
        Assert.InRange(Ahead(viewer), 0.05, 0.2);

        static double Ahead(Viewer viewer) => (viewer.Blocks[^1].Block.DueAt - viewer.Blocks[^1].At).TotalSeconds;
    });

    [Fact]
    public void Lead_ASecondStreamShares_ThePhasesMayCollideAndNobodyStalls() => Stage.Play(async stage =>
    {
        stage.Engine.BlockTime = TimeSpan.FromSeconds(0.16);
        for (var phase = 0; phase < 10; phase++)
        {
            var (one, two) = (await stage.CreateAsync(), await stage.CreateAsync());
            var first = stage.Watch(one);
            await stage.PassAsync(5 + phase * 0.05);
            var second = stage.Watch(two);
            await stage.PassAsync(20);
            Assert.Equal((0, 0), ((await stage.ViewAsync(one)).Stalls, (await stage.ViewAsync(two)).Stalls));
            await first.LeaveAsync();
            await second.LeaveAsync();
            await stage.PassAsync(2);
        }
    });

    [Fact]
    public void Cue_WhileTheBlockWaitsForTheEngine_IsMeantForThatBlock() => Stage.Play(async stage =>
    {
        stage.Engine.BlockTime = TimeSpan.FromSeconds(0.2);
        stage.Watch(await stage.CreateAsync(seed: 1));
        var id = await stage.CreateAsync(seed: 2);
        stage.Watch(id);
        await stage.PassAsync(0.1);
        Assert.Equal(2, stage.Engine.QueueLength);
        await stage.CueAsync(id, "forest");
        var receipt = await stage.CueAsync(id, "night");
        var later = await stage.CueAsync(id, "desert", atBlock: 5);
        await stage.Host.WithdrawCueAsync(id, later.Id, default);
        Assert.Equal(0, receipt.Block);
        await stage.PassAsync(2);
        Assert.Equal(1, stage.Engine.GivenBack);
        var calls = stage.Engine.Calls.Where(c => c.Stream.Seed == 2).ToList();
        Assert.Equal(["meadow day", "meadow night", "meadow night"], calls.Take(3).Select(c => c.Request.Prompt.Meaning));
        Assert.Equal([0L, 0L, 1L], calls.Take(3).Select(c => c.Block));
        // Given back, it goes on with the deadline that it had.
        Assert.True(calls[1].Request.Deadline - calls[0].Request.Deadline <= TimeSpan.FromSeconds(0.2));
        Assert.Equal((CueStatus.Applied, 0L), ((await stage.ReceiptAsync(id, receipt.Id)).Status, (await stage.ReceiptAsync(id, receipt.Id)).Block));
    });

    [Fact]
    public void Cue_WithdrawnWhileTheBlockWaitsForTheEngine_IsNotSeen() => Stage.Play(async stage =>
    {
        stage.Engine.BlockTime = TimeSpan.FromSeconds(0.2);
        var id = await stage.CreateAsync(seed: 2);
        var receipt = await stage.CueAsync(id, "night");
        stage.Watch(await stage.CreateAsync(seed: 1));
        await stage.PassAsync(0.05);
        stage.Watch(id);
        await stage.PassAsync(0.1);
        Assert.Equal(CueStatus.Withdrawn, (await stage.Host.WithdrawCueAsync(id, receipt.Id, default)).Status);
        await stage.PassAsync(2);
        Assert.Equal("meadow day", stage.Engine.Calls.Last(c => c.Stream.Seed == 2).Request.Prompt.Meaning);
    });

    [Fact]
    public void Cue_BeingReadWhenTheBlocksTurnComes_IsWaitedForAndMeantForThatBlock() => Stage.Play(async stage =>
    {
        stage.Engine.BlockTime = TimeSpan.FromSeconds(0.2);
        stage.Watch(await stage.CreateAsync(seed: 1));
        var id = await stage.CreateAsync(seed: 2);
        stage.Watch(id);
        await stage.PassAsync(0.1);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        stage.Engine.ReadGate = gate.Task;
        var receipt = stage.CueAsync(id, "night");
        await stage.PassAsync(0.15);
        Assert.Equal(1, stage.Engine.GivenBack);
        gate.SetResult();
        await stage.PassAsync(2);
        Assert.Equal(0, (await receipt).Block);
        Assert.Equal("meadow night", stage.Engine.Calls.Where(c => c.Stream.Seed == 2).Last(c => c.Block == 0).Request.Prompt.Meaning);
    });
}
