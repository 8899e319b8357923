using SanaLive.Sessions.Bookmarks;
using SanaLive.Sessions.Durability;
using SanaLive.Sessions.Tests.Fakes;

namespace SanaLive.Sessions.Tests.Bookmarks;

/// <summary>A session that goes back, and hosts that are left in the lurch meanwhile.</summary>
public sealed class RewindTests
{
    public static TheoryData<double> KillTimes => [.. Enumerable.Range(0, 24).Select(moment => moment * 0.17)];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Rewind_TheSameBlocksComeAgainUnderHigherNumbers(bool store) => Play(store, async stage =>
    {
        var id = await stage.CreateAsync("meadow day");
        var viewer = stage.Watch(id);
        await stage.CueAsync(id, "night", atBlock: 9, blend: 4);
        await stage.PassAsync(5.1);
        var bookmark = await BookmarkAsync(stage, id);
        await stage.PassAsync(4);
        var rewind = await stage.Host.RewindAsync(id, new RewindRequest(bookmark.Id), default);
        await stage.PassAsync(5);

        Assert.Equal((bookmark.Id, bookmark.Block), (rewind.Bookmark, rewind.From));
        Assert.Equal(Enumerable.Range(0, viewer.Blocks.Count).Select(number => (long)number), viewer.Numbers);
        Assert.All(viewer.Blocks, one => Assert.Equal(one.Block.Number * TimeSpan.FromSeconds(0.5), one.Block.MediaTime));
        var hashes = viewer.Blocks.ToDictionary(one => one.Block.Number, one => one.Block.FrameHash);
        var again = rewind.Block - bookmark.Block;
        for (var block = bookmark.Block; block < rewind.Block; block++)
            if (hashes.TryGetValue(block + again, out var hash)) Assert.Equal(hashes[block], hash);
        Assert.True(hashes.ContainsKey(rewind.Block + 4));
        Assert.Equal(0, (await stage.ViewAsync(id)).Stalls);
        await viewer.LeaveAsync();
    });

    [Fact]
    public void Rewind_CuesThatWereAppliedSinceStayAppliedAndThoseThatWaitStillWait() => Play(false, async stage =>
    {
        var id = await stage.CreateAsync("meadow day");
        var viewer = stage.Watch(id);
        await stage.PassAsync(5);
        var bookmark = await BookmarkAsync(stage, id);
        var applied = await stage.CueAsync(id, "night");
        await stage.PassAsync(3);
        var waiting = await stage.CueAsync(id, "forest", atBlock: 30);
        var rewind = await stage.Host.RewindAsync(id, new RewindRequest(bookmark.Id), default);
        await stage.PassAsync(2);
        Assert.Equal("meadow day", (await stage.ViewAsync(id)).Meaning);
        Assert.Equal((CueStatus.Applied, applied.Block), ((await stage.ReceiptAsync(id, applied.Id)).Status, (await stage.ReceiptAsync(id, applied.Id)).Block));
        await stage.PassAsync(8);
        Assert.Equal((CueStatus.Applied, 30L), ((await stage.ReceiptAsync(id, waiting.Id)).Status, (await stage.ReceiptAsync(id, waiting.Id)).Block));
        Assert.Equal("forest day", (await stage.ViewAsync(id)).Meaning);
        Assert.True(rewind.Block < 30);
        await viewer.LeaveAsync();
    });

    [Fact]
    public void Rewind_WhileABlockIsMade_BeginsWithTheOneAfterIt() => Play(false, async stage =>
    {
        var id = await stage.CreateAsync();
        var viewer = stage.Watch(id);
        await stage.PassAsync(3);
        var bookmark = await BookmarkAsync(stage, id);
        while (stage.Engine.QueueLength == 0) await stage.PassAsync(0.02);
        var making = (await stage.ViewAsync(id)).Block - 1;
        var rewind = await stage.Host.RewindAsync(id, new RewindRequest(bookmark.Id), default);
        Assert.Equal(making + 1, rewind.Block);
        await stage.PassAsync(3);
        Assert.Equal(Enumerable.Range(0, viewer.Blocks.Count).Select(number => (long)number), viewer.Numbers);
        await viewer.LeaveAsync();
    });

    [Fact]
    public void Rewinds_AtOnce_TheLastOneCounts() => Play(true, async stage =>
    {
        var id = await stage.CreateAsync("meadow day");
        var viewer = stage.Watch(id);
        await stage.PassAsync(3);
        var first = await BookmarkAsync(stage, id);
        await stage.PassAsync(2);
        var second = await BookmarkAsync(stage, id);
        await stage.PassAsync(2);
        var rewinds = await Task.WhenAll(
            stage.Host.RewindAsync(id, new RewindRequest(first.Id), default), stage.Host.RewindAsync(id, new RewindRequest(second.Id), default),
            stage.Host.RewindAsync(id, new RewindRequest(first.Id), default), stage.Host.RewindAsync(id, new RewindRequest(second.Id), default));
        await stage.PassAsync(3);
        var hashes = viewer.Blocks.ToDictionary(one => one.Block.Number, one => one.Block.FrameHash);
        Assert.Equal(hashes[second.Block], hashes[rewinds[^1].Block]);
        Assert.Equal(second.Id, (await stage.ViewAsync(id)).Rewind!.Bookmark);
        await viewer.LeaveAsync();
    });

    [Fact]
    public void Rewind_OfASessionThatNobodyWatches_ShowsWithTheNextViewer() => Play(true, async stage =>
    {
        var id = await stage.CreateAsync();
        var viewer = stage.Watch(id);
        await stage.PassAsync(3);
        var bookmark = await BookmarkAsync(stage, id);
        await stage.PassAsync(3);
        await viewer.LeaveAsync();
        await stage.PassAsync(5);
        var rewind = await stage.Host.RewindAsync(id, new RewindRequest(bookmark.Id), default);
        await stage.RestartAsync();
        var after = stage.Watch(id, rewind.Block);
        await stage.PassAsync(2);
        var hashes = viewer.Blocks.ToDictionary(one => one.Block.Number, one => one.Block.FrameHash);
        Assert.Equal(hashes[bookmark.Block], after.Blocks.Single(one => one.Block.Number == rewind.Block).Block.FrameHash);
        await after.LeaveAsync();
    });

    [Theory]
    [MemberData(nameof(KillTimes))]
    public void Kill_AtAnyMomentAfterARewind_NothingOfItIsLost(double seconds)
    {
        var undisturbed = Told(null);
        var disturbed = Told(seconds);
        Assert.Equal(undisturbed.Rewind, disturbed.Rewind);
        Assert.All(disturbed.Hashes, one => Assert.Equal((one.Key, undisturbed.Hashes[one.Key]), (one.Key, one.Value)));
        Assert.True(disturbed.Hashes.Keys.Max() > disturbed.Rewind + 4);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Rewind_ToABookmarkWhoseFileIsDamagedOrGone_IsRefusedAndTheStreamGoesOn(bool truncated) => Play(true, async stage =>
    {
        var id = await stage.CreateAsync();
        var viewer = stage.Watch(id);
        await stage.PassAsync(3);
        var bookmark = await BookmarkAsync(stage, id);
        await stage.PassAsync(5);
        var room = stage.Store!.Only;
        var file = room.Entries(id).OfType<JournalEntry.Bookmarked>().Single().Bookmark.Snapshot!.File;
        if (truncated) room.Snapshots[file] = room.Snapshots[file][..^7];
        else room.Snapshots.Remove(file);
        var refusal = await Assert.ThrowsAsync<SessionException>(() => stage.Host.RewindAsync(id, new RewindRequest(bookmark.Id), default));
        Assert.Equal(SessionError.Conflict, refusal.Error);
        Assert.Empty(await stage.Host.BookmarksAsync(id, default));
        await stage.PassAsync(3);
        Assert.Equal(SessionStatus.Streaming, (await stage.ViewAsync(id)).Status);
        await viewer.LeaveAsync();
    });

    [Theory]
    [InlineData("b1")]
    [InlineData("b0")]
    [InlineData("")]
    [InlineData("../../secrets")]
    public void Rewind_ToABookmarkThatWasNeverTaken_IsRefused(string bookmark) => Play(false, async stage =>
    {
        var id = await stage.CreateAsync();
        var refusal = await Assert.ThrowsAsync<SessionException>(() => stage.Host.RewindAsync(id, new RewindRequest(bookmark), default));
        Assert.Equal(SessionError.NotFound, refusal.Error);
    });

    [Fact]
    public void Rewind_IsAnsweredOnlyWhenItIsOnTheDisk() => Play(true, async stage =>
    {
        var id = await stage.CreateAsync();
        var viewer = stage.Watch(id);
        await stage.PassAsync(3);
        var bookmark = await BookmarkAsync(stage, id);
        var disk = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        stage.Store!.FlushGate = disk.Task;
        var rewind = stage.Host.RewindAsync(id, new RewindRequest(bookmark.Id), default);
        await stage.PassAsync(1);
        Assert.False(rewind.IsCompleted);
        disk.SetResult();
        await rewind;
        Assert.Single(stage.Store.Only.Entries(id).OfType<JournalEntry.Rewound>());
        await viewer.LeaveAsync();
    });

    /// <summary>Streams, goes back, and streams on; with a kill a while after the receipt.</summary>
    private static (long Rewind, IReadOnlyDictionary<long, string> Hashes) Told(double? killAfter)
    {
        var (block, hashes) = (0L, new Dictionary<long, string>());
        Play(true, async stage =>
        {
            var id = await stage.CreateAsync("meadow day");
            var viewer = stage.Watch(id);
            await stage.CueAsync(id, "night", atBlock: 4, blend: 3);
            await stage.PassAsync(3);
            var bookmark = await BookmarkAsync(stage, id);
            await stage.CueAsync(id, "forest", atBlock: 12, blend: 2);
            await stage.PassAsync(5);
            block = (await stage.Host.RewindAsync(id, new RewindRequest(bookmark.Id), default)).Block;
            await stage.CueAsync(id, "desert", atBlock: block + 3, blend: 2);
            await stage.PassAsync(killAfter ?? 20);
            if (killAfter is not null) await stage.RestartAsync();
            var after = killAfter is null ? null : stage.Watch(id);
            await stage.PassAsync(6);
            foreach (var (one, _) in viewer.Blocks.Concat(after?.Blocks ?? [])) hashes[one.Number] = one.FrameHash;
            foreach (var made in await stage.Host.BlocksAsync(id, default)) hashes[made.Number] = made.Hash;
            Assert.Null((await stage.ViewAsync(id)).Durability!.Note);
            if (after is not null) await after.LeaveAsync();
            await viewer.LeaveAsync();
            // However often the journal has been written anew since.
            for (var life = 0; life < 2; life++)
            {
                await stage.RestartAsync();
                Assert.Equal(block, (await stage.ViewAsync(id)).Rewind?.Block);
            }
        });
        return (block, hashes);
    }

    private static async Task<BookmarkView> BookmarkAsync(Stage stage, string id)
    {
        var asked = stage.Host.BookmarkAsync(id, new BookmarkRequest("here"), default);
        await stage.PassAsync(0.2);
        return await asked;
    }

    private static void Play(bool store, Func<Stage, Task> test) =>
        Stage.Play(
            async stage =>
            {
                await test(stage);
                // A host that is stopped while a block is made waits for it.
                await stage.PassAsync(1);
            },
            options => options.SnapshotBytesPerSecond = 10_000, store: store ? new MemoryStore() : null);
}
