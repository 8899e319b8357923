using SanaLive.Sessions.Tests.Fakes;

namespace SanaLive.Sessions.Tests.Durability;

/// <summary>A host that is left in the lurch at any moment, and another one that goes on with its sessions.</summary>
public sealed class RestartTests
{
    private const int Moments = 40;

    public static TheoryData<double> KillTimes => [.. Enumerable.Range(0, Moments).Select(moment => moment * 0.137)];

    /// <summary>The stream as it is when nothing happens to it.</summary>
    private static readonly Lazy<IReadOnlyDictionary<long, string>> Undisturbed = new(() =>
    {
        Dictionary<long, string> hashes = [];
        Stage.Play(async stage =>
        {
            var id = await stage.CreateAsync("meadow day");
            var viewer = stage.Watch(id);
            await SteerAsync(stage, id);
            await stage.PassAsync(20);
            foreach (var (block, _) in viewer.Blocks) hashes[block.Number] = block.FrameHash;
            await viewer.LeaveAsync();
        });
        return hashes;
    });

    [Theory]
    [MemberData(nameof(KillTimes))]
    public void Kill_AtAnyMoment_TheSameBlocksAreMadeAndTheFirstNotShownIsShown(double seconds) => Play(async stage =>
    {
        var id = await stage.CreateAsync("meadow day");
        var before = stage.Watch(id);
        await SteerAsync(stage, id);
        await stage.PassAsync(seconds);
        var killed = stage.Time.GetUtcNow();
        await stage.RestartAsync();
        var after = stage.Watch(id);
        await stage.PassAsync(6);

        // Shown is what has been due to its last frame.
        var shown = before.Blocks.Where(one => one.At <= killed && one.Block.DueAt + TimeSpan.FromSeconds(0.5) <= killed).Select(one => one.Block.Number).DefaultIfEmpty(-1).Max();
        Assert.Equal(shown + 1, after.Numbers.First());
        Assert.Equal(Enumerable.Range((int)shown + 1, after.Blocks.Count).Select(number => (long)number), after.Numbers);
        foreach (var block in await stage.Host.BlocksAsync(id, default)) Assert.Equal((block.Number, Undisturbed.Value[block.Number]), (block.Number, block.Hash));
        Assert.All(after.Blocks, one => Assert.Equal(Undisturbed.Value[one.Block.Number], one.Block.FrameHash));
        Assert.All(after.Blocks, one => Assert.Equal(2, one.Block.Epoch));
        Assert.Null((await stage.ViewAsync(id)).Durability!.Note);
        await after.LeaveAsync();
        await before.LeaveAsync();
    });

    [Fact]
    public void Kill_AgainAndAgain_NothingIsLost() => Play(async stage =>
    {
        var id = await stage.CreateAsync("meadow day");
        var seen = new List<long>();
        await SteerAsync(stage, id);
        for (var life = 1; life <= 6; life++)
        {
            var viewer = stage.Watch(id);
            await stage.PassAsync(0.4 * life);
            Assert.All(viewer.Blocks, one => Assert.Equal(Undisturbed.Value[one.Block.Number], one.Block.FrameHash));
            seen.AddRange(viewer.Numbers);
            Assert.Equal(life, (await stage.ViewAsync(id)).Durability!.Epoch);
            await stage.RestartAsync();
            await viewer.LeaveAsync();
        }

        Assert.Equal(Enumerable.Range(0, (int)seen.Max() + 1).Select(number => (long)number), seen.Distinct().Order());
    });

    [Fact]
    public void Cue_AcceptedJustBeforeTheKill_AppliesAtItsBlock() => Play(async stage =>
    {
        var id = await stage.CreateAsync();
        var before = stage.Watch(id);
        await stage.PassAsync(2);
        var receipt = await stage.CueAsync(id, "night", clientId: "mine");
        await stage.RestartAsync();
        var same = await stage.CueAsync(id, "night", clientId: "mine");
        Assert.Equal((receipt.Id, receipt.Block, receipt.Status), (same.Id, same.Block, same.Status));
        Assert.NotEqual(receipt.Id, (await stage.CueAsync(id, "forest", atBlock: receipt.Block + 4)).Id);
        var after = stage.Watch(id);
        await stage.PassAsync(4);
        var applied = await stage.ReceiptAsync(id, receipt.Id);
        Assert.Equal((CueStatus.Applied, receipt.Block), (applied.Status, applied.Block));
        Assert.Equal("night", (await stage.ViewAsync(id)).Meaning.Split(' ')[1]);
        await after.LeaveAsync();
        await before.LeaveAsync();
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Cue_ThatHadAppliedToABlockThatWasNotShown_IsNotSupersededAfterTheKill(int kills) => Play(async stage =>
    {
        var id = await stage.CreateAsync("meadow day");
        var before = stage.Watch(id);
        await stage.PassAsync(2);
        var receipt = await stage.CueAsync(id, "night");
        while ((await stage.ReceiptAsync(id, receipt.Id)).Status != CueStatus.Applied) await stage.PassAsync(0.01);
        Assert.True(before.Blocks[^1].Block.DueAt > stage.Time.GetUtcNow(), "Its block has been shown: this tests nothing.");
        for (var kill = 0; kill < kills; kill++) await stage.RestartAsync();

        var later = await stage.CueAsync(id, "day");
        Assert.True(later.Block > receipt.Block, $"It takes the place of the one at block {receipt.Block}.");
        var refused = await Assert.ThrowsAsync<SessionException>(() => stage.CueAsync(id, "forest", atBlock: receipt.Block));
        Assert.Equal(SessionError.Conflict, refused.Error);
        var after = stage.Watch(id);
        await stage.PassAsync(4);
        Assert.Equal((CueStatus.Applied, receipt.Block), ((await stage.ReceiptAsync(id, receipt.Id)).Status, (await stage.ReceiptAsync(id, receipt.Id)).Block));
        Assert.Equal((CueStatus.Applied, later.Block), ((await stage.ReceiptAsync(id, later.Id)).Status, (await stage.ReceiptAsync(id, later.Id)).Block));
        await after.LeaveAsync();
        await before.LeaveAsync();
    });

    [Fact]
    public void Kill_OfAPausedSession_ItComesBackPausedWithKeyPromptAndView() => Play(async stage =>
    {
        var created = await stage.Host.CreateAsync(new CreateSession("forest night", 11), default);
        var viewer = stage.Watch(created.Id);
        await stage.PassAsync(3);
        var before = await stage.Host.PauseAsync(created.Id, default);
        await stage.PassAsync(1);
        await stage.RestartAsync();
        var after = await stage.ViewAsync(created.Id);
        Assert.Equal((SessionStatus.Paused, 11ul, before.Created, before.Prompt, before.Meaning), (after.Status, after.Seed, after.Created, after.Prompt, after.Meaning));
        Assert.True(after.Version > before.Version, "A client would take the new view for an old one.");
        Assert.True(await stage.Host.MaySteerAsync(created.Id, created.DirectorKey, default));
        Assert.False(await stage.Host.MaySteerAsync(created.Id, "another", default));
        await viewer.LeaveAsync();
    });

    [Fact]
    public void Restart_OnAnotherEngine_GoesOnAndSaysSo() => Play(async stage =>
    {
        var id = await stage.CreateAsync();
        var before = stage.Watch(id);
        await stage.PassAsync(3);
        await stage.RestartAsync("another");
        var after = stage.Watch(id);
        await stage.PassAsync(2);
        Assert.NotEmpty(after.Blocks);
        Assert.Contains("another engine", (await stage.ViewAsync(id)).Durability!.Note, StringComparison.Ordinal);
        await after.LeaveAsync();
        await before.LeaveAsync();
    });

    [Fact]
    public void Stop_TellsEverybodySavesTheLastBlockAndTheNextHostGoesOnWithTheFirstNotShown() => Play(async stage =>
    {
        var id = await stage.CreateAsync("meadow day");
        var viewer = stage.Watch(id);
        await SteerAsync(stage, id);
        await stage.PassAsync(2.05);
        SessionView? last = null;
        using var leaving = new CancellationTokenSource();
        var following = FollowAsync();
        await stage.SettleAsync();
        var stopping = stage.Host.StopAsync();
        await stage.SettleAsync();
        Assert.Contains("restarted", last!.Notice, StringComparison.Ordinal);
        await stage.PassAsync(0.2);
        await stopping;
        // The session has not ended: who follows it is not told so.
        Assert.False(following.IsCompleted);
        leaving.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => following);
        var made = await stage.Host.BlocksAsync(id, default);
        Assert.Contains(stage.Store!.Only.Snapshots.Keys, file => file.StartsWith($"{made[^1].Number + 1:D6}", StringComparison.Ordinal));
        await stage.RestartAsync();
        var after = stage.Watch(id);
        await stage.PassAsync(3);
        Assert.Equal(3, after.Numbers.First());
        Assert.All(after.Blocks, one => Assert.Equal(Undisturbed.Value[one.Block.Number], one.Block.FrameHash));
        await after.LeaveAsync();
        await viewer.LeaveAsync();

        async Task FollowAsync()
        {
            await foreach (var view in stage.Host.EventsAsync(id, leaving.Token)) last = view;
        }
    });

    [Fact]
    public void Close_DeletesWhatWasKept() => Play(async stage =>
    {
        var id = await stage.CreateAsync();
        var viewer = stage.Watch(id);
        await stage.PassAsync(2);
        Assert.NotEmpty(stage.Store!.Only.Snapshots);
        await stage.Host.CloseAsync(id, default);
        await stage.PassAsync(1);
        Assert.Empty(stage.Store.Rooms);
        await stage.RestartAsync();
        Assert.Empty(await stage.Host.ListAsync(default));
        await viewer.LeaveAsync();
    });

    [Fact]
    public void Idle_AfterTheExpiry_IsClosedAndItsRoomIsFree() => Play(
        async stage =>
        {
            var id = await stage.CreateAsync();
            await stage.PassAsync(30);
            await stage.RestartAsync();
            await stage.PassAsync(59);
            Assert.Single(stage.Store!.Rooms);
            await stage.PassAsync(2);
            Assert.Empty(stage.Store.Rooms);
            await Assert.ThrowsAsync<SessionException>(() => stage.ViewAsync(id));
        },
        options => options.IdleExpiry = TimeSpan.FromSeconds(60));

    [Fact]
    public void OlderOwner_OfASessionThatWasTakenOver_WritesNothingMoreAndLetsGo() => Play(async stage =>
    {
        var id = await stage.CreateAsync();
        var old = stage.Host;
        var viewer = stage.Watch(id);
        await stage.PassAsync(2);
        await stage.RestartAsync();
        var room = stage.Store!.Only;
        var journal = room.Bytes();
        var snapshots = room.Snapshots.Keys.ToList();
        await stage.PassAsync(5);
        Assert.Equal(journal, room.Bytes());
        Assert.Equal(snapshots, room.Snapshots.Keys);
        Assert.True(viewer.Ended);
        Assert.Empty(await old.ListAsync(default));
        Assert.Equal(SessionStatus.Idle, (await stage.ViewAsync(id)).Status);
    });

    private static void Play(Func<Stage, Task> test, Action<SessionOptions>? configure = null) => Stage.Play(
        test,
        options =>
        {
            // The fake's snapshots are small: every second block, as in the embedded world.
            options.SnapshotBytesPerSecond = 10_000;
            configure?.Invoke(options);
        },
        store: new MemoryStore());

    /// <summary>Everything that a schedule can do: cuts, blends that overlap, several cues at once, one that waits long, one taken back.</summary>
    private static async Task SteerAsync(Stage stage, string id)
    {
        await stage.CueAsync(id, "night", atBlock: 2, blend: 2);
        await stage.CueAsync(id, "forest", atBlock: 3, blend: 3);
        await stage.SetAsync(id, "speed", 40, atBlock: 3);
        await stage.CueAsync(id, "desert day", atBlock: 5, blend: 0);
        var unwanted = await stage.CueAsync(id, "meadow", atBlock: 6);
        await stage.Host.WithdrawCueAsync(id, unwanted.Id, default);
        await stage.CueAsync(id, "night", atBlock: 8, blend: 5);
        await stage.SetAsync(id, "hour", 3, atBlock: 10);
        await stage.CueAsync(id, "forest", atBlock: 16, blend: 1);
    }
}
