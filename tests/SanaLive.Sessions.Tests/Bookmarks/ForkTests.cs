using SanaLive.Sessions.Bookmarks;
using SanaLive.Sessions.Tests.Fakes;

namespace SanaLive.Sessions.Tests.Bookmarks;

/// <summary>Sessions that go on from a moment of another.</summary>
public sealed class ForkTests
{
    [Theory]
    [InlineData(true, false)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void Fork_WithNothingChanged_MakesTheBlocksOfItsParent(bool store, bool restarted) => Play(store, async stage =>
    {
        var id = await stage.CreateAsync("meadow day");
        var viewer = stage.Watch(id);
        await stage.CueAsync(id, "night", atBlock: 5, blend: 4);
        await stage.CueAsync(id, "forest", atBlock: 14, blend: 2);
        await stage.PassAsync(4);
        var bookmark = await NowAsync(stage, stage.Host.BookmarkAsync(id, new BookmarkRequest("here"), default));
        await stage.PassAsync(8);
        var fork = await stage.Host.ForkAsync(id, new ForkRequest(bookmark.Id), default);
        if (restarted) await stage.RestartAsync();
        var forked = stage.Watch(fork.Id);
        await stage.PassAsync(7);

        Assert.Equal(bookmark.Block, forked.Numbers.First());
        var parents = viewer.Blocks.ToDictionary(one => one.Block.Number, one => one.Block.FrameHash);
        Assert.All(forked.Blocks.Where(one => parents.ContainsKey(one.Block.Number)), one => Assert.Equal(parents[one.Block.Number], one.Block.FrameHash));
        Assert.True(forked.Blocks.Count(one => parents.ContainsKey(one.Block.Number)) > 8);
        Assert.Equal(CueStatus.Applied, (await stage.ReceiptAsync(fork.Id, "c2")).Status);
        await forked.LeaveAsync();
        await viewer.LeaveAsync();
    });

    [Fact]
    public void Fork_WithAPrompt_ChangesAtItsFirstBlockAndLeavesTheParentAlone() => Play(true, async stage =>
    {
        var id = await stage.CreateAsync("meadow day");
        var viewer = stage.Watch(id);
        await stage.PassAsync(4);
        var fork = await NowAsync(stage, stage.Host.ForkAsync(id, new ForkRequest(Prompt: "night"), default));
        var cue = Assert.Single(fork.View.Cues);
        Assert.Equal(("night", fork.View.Block, CueStatus.Accepted), (cue.Prompt, cue.Block, cue.Status));
        await stage.RestartAsync();
        var forked = stage.Watch(fork.Id);
        await stage.PassAsync(3);
        Assert.Equal("meadow night", (await stage.ViewAsync(fork.Id)).Meaning);
        Assert.Equal("meadow day", (await stage.ViewAsync(id)).Meaning);
        Assert.Equal(CueStatus.Applied, (await stage.ReceiptAsync(fork.Id, cue.Id)).Status);
        await forked.LeaveAsync();
        await viewer.LeaveAsync();
    });

    [Fact]
    public void Fork_HasAKeyOfItsOwnAndEachKnowsTheOther() => Play(true, async stage =>
    {
        var parent = await stage.Host.CreateAsync(new CreateSession("meadow", 3), default);
        var fork = await stage.Host.ForkAsync(parent.Id, new ForkRequest(), default);
        var second = await stage.Host.ForkAsync(fork.Id, new ForkRequest(), default);
        await stage.RestartAsync();
        Assert.False(await stage.Host.MaySteerAsync(fork.Id, parent.DirectorKey, default));
        Assert.True(await stage.Host.MaySteerAsync(fork.Id, fork.DirectorKey, default));
        Assert.Equal([fork.Id], (await stage.ViewAsync(parent.Id)).Forks.Select(one => one.Session));
        Assert.Equal([second.Id], (await stage.ViewAsync(fork.Id)).Forks.Select(one => one.Session));
        Assert.Equal(parent.Id, (await stage.ViewAsync(fork.Id)).Origin!.Session);
        await stage.Host.CloseAsync(fork.Id, default);
        Assert.Empty((await stage.ViewAsync(parent.Id)).Forks);
        Assert.Equal(fork.Id, (await stage.ViewAsync(second.Id)).Origin!.Session);
    });

    [Fact]
    public void Fork_ThatIsMadeOrEnds_IsToldToItsWholeFamilyAndToNobodyElse() => Play(true, async stage =>
    {
        var root = await stage.Host.CreateAsync(new CreateSession("meadow", 3), default);
        var stranger = await stage.CreateAsync();
        var first = await stage.Host.ForkAsync(root.Id, new ForkRequest(), default);
        var second = await stage.Host.ForkAsync(root.Id, new ForkRequest(), default);
        var before = await FamiliesAsync();
        var nephew = await stage.Host.ForkAsync(second.Id, new ForkRequest(), default);
        var made = await FamiliesAsync();
        await stage.Host.CloseAsync(nephew.Id, default);
        var ended = await FamiliesAsync();
        Assert.All(Enumerable.Range(0, 3), member => Assert.True(before[member] < made[member] && made[member] < ended[member]));
        Assert.Equal(before[3], ended[3]);

        async Task<long[]> FamiliesAsync() => [.. await Task.WhenAll(
            new[] { root.Id, first.Id, second.Id, stranger }.Select(async id => (await stage.ViewAsync(id)).Family))];
    });

    [Fact]
    public void Fork_IsFoundByWhoeverSeesItInItsParentsView() => Play(true, async stage =>
    {
        var id = await stage.CreateAsync();
        var missing = 0;
        var following = FollowAsync();
        for (var i = 0; i < 3; i++) await stage.Host.ForkAsync(id, new ForkRequest(), default);
        await stage.SettleAsync();
        Assert.Equal((3, 0), ((await stage.ViewAsync(id)).Forks.Count, missing));
        await stage.Host.CloseAsync(id, default);
        await following;

        async Task FollowAsync()
        {
            await foreach (var view in stage.Host.EventsAsync(id, default))
                foreach (var fork in view.Forks)
                    if ((await stage.Host.ListAsync(default)).All(one => one.Id != fork.Session)) missing++;
        }
    });

    [Fact]
    public void Fork_OfAQueuedSession_BeginsWhereItBegins() => Play(
        true,
        async stage =>
        {
            var first = await stage.CreateAsync();
            var viewer = stage.Watch(first);
            await stage.PassAsync(1);
            var queued = await stage.CreateAsync("forest night", 11);
            Assert.Equal(SessionStatus.Queued, (await stage.ViewAsync(queued)).Status);
            var fork = await stage.Host.ForkAsync(queued, new ForkRequest(), default);
            Assert.Equal((SessionStatus.Queued, 2, 0L, 11ul), (fork.View.Status, fork.View.QueuePosition, fork.View.Block, fork.View.Seed));
            await viewer.LeaveAsync();
            await stage.Host.CloseAsync(first, default);
            var one = stage.Watch(queued);
            await stage.PassAsync(3);
            await one.LeaveAsync();
            await stage.PassAsync(1);
            var other = stage.Watch(fork.Id);
            await stage.PassAsync(3);
            Assert.Equal(one.Blocks.Take(4).Select(b => b.Block.FrameHash), other.Blocks.Take(4).Select(b => b.Block.FrameHash));
            await other.LeaveAsync();
        },
        options => options.SessionsPerEngine = 1);

    [Fact]
    public void Fork_OfASessionThatWentBack_MakesItsBlocks() => Play(true, async stage =>
    {
        var id = await stage.CreateAsync("meadow day");
        var viewer = stage.Watch(id);
        await stage.PassAsync(3);
        var bookmark = await NowAsync(stage, stage.Host.BookmarkAsync(id, new BookmarkRequest("here"), default));
        await stage.PassAsync(3);
        await stage.Host.RewindAsync(id, new RewindRequest(bookmark.Id), default);
        await stage.PassAsync(3);
        var fork = await NowAsync(stage, stage.Host.ForkAsync(id, new ForkRequest(), default));
        await stage.PassAsync(4);
        await stage.RestartAsync();
        var forked = stage.Watch(fork.Id);
        await stage.PassAsync(3);
        var parents = viewer.Blocks.ToDictionary(one => one.Block.Number, one => one.Block.FrameHash);
        Assert.All(forked.Blocks.Take(5), one => Assert.Equal(parents[one.Block.Number], one.Block.FrameHash));
        await forked.LeaveAsync();
        await viewer.LeaveAsync();
    });

    [Fact]
    public void Fork_WhereThereIsNoRoom_IsRefusedAndLeavesNothing() => Play(
        true,
        async stage =>
        {
            var id = await stage.CreateAsync();
            stage.Store!.IsFullForSnapshots = true;
            Assert.Equal(SessionError.Overloaded, (await Assert.ThrowsAsync<SessionException>(() => stage.Host.ForkAsync(id, new ForkRequest(), default))).Error);
            Assert.Single(stage.Store.Rooms);
            stage.Store.IsFullForSnapshots = false;
            await stage.Host.ForkAsync(id, new ForkRequest(), default);
            Assert.Equal(SessionError.Overloaded, (await Assert.ThrowsAsync<SessionException>(() => stage.Host.ForkAsync(id, new ForkRequest(), default))).Error);
            Assert.Equal(2, stage.Store.Rooms.Count);
            Assert.Equal(SessionError.Invalid, (await Assert.ThrowsAsync<SessionException>(() => stage.Host.CueAsync(id, new CueRequest(""), default))).Error);
        },
        options => options.MaxSessions = 2);

    /// <summary>A block may be under way, which takes a moment.</summary>
    private static async Task<T> NowAsync<T>(Stage stage, Task<T> asked)
    {
        await stage.PassAsync(0.2);
        return await asked;
    }

    private static void Play(bool store, Func<Stage, Task> test, Action<SessionOptions>? configure = null) => Stage.Play(
        async stage =>
        {
            await test(stage);
            // A host that is stopped while a block is made waits for it.
            await stage.PassAsync(1);
        },
        options =>
        {
            options.SnapshotBytesPerSecond = 10_000;
            configure?.Invoke(options);
        },
        store: store ? new MemoryStore() : null);
}
