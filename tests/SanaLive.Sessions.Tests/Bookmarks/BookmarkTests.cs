using SanaLive.Sessions.Bookmarks;
using SanaLive.Sessions.Tests.Fakes;

namespace SanaLive.Sessions.Tests.Bookmarks;

/// <summary>Moments that are kept, unasked and by name.</summary>
public sealed class BookmarkTests
{
    public static TheoryData<bool> WithAndWithoutAStore => [true, false];

    [Theory]
    [MemberData(nameof(WithAndWithoutAStore))]
    public void Stream_IsBookmarkedEveryTenSecondsOfMediaForTenMinutes(bool store) => Play(store, async stage =>
    {
        var id = await stage.CreateAsync();
        var viewer = stage.Watch(id);
        await stage.PassAsync(35);
        Assert.Equal([20L, 40, 60], (await BookmarksAsync(stage, id)).Select(one => one.Block));
        Assert.All(await BookmarksAsync(stage, id), one => Assert.True(one.Name is null && one.HasPicture));
        await stage.PassAsync(700);
        var blocks = (await BookmarksAsync(stage, id)).Select(one => one.Block).ToList();
        Assert.InRange(blocks.Count, 60, 61);
        Assert.True(blocks[^1] - blocks[0] <= 1200);
        Assert.All(blocks.Zip(blocks.Skip(1)), pair => Assert.Equal(20, pair.Second - pair.First));
        await viewer.LeaveAsync();
    });

    [Fact]
    public void Budget_TooSmallForAll_TheyLieFurtherApartAndFitAndTheirFilesAreGone() => Play(
        true,
        async stage =>
        {
            var id = await stage.CreateAsync();
            var viewer = stage.Watch(id);
            await stage.PassAsync(400);
            var bookmarks = await BookmarksAsync(stage, id);
            var view = (await stage.ViewAsync(id)).Bookmarks!;
            Assert.InRange(bookmarks.Sum(one => one.Bytes), 1, 20_000);
            Assert.True(view.Interval > TimeSpan.FromSeconds(30), $"{view.Interval}");
            Assert.InRange(bookmarks.Count, 2, 12);
            Assert.InRange(stage.Store!.Only.Snapshots.Count, bookmarks.Count, bookmarks.Count + 6);
            await viewer.LeaveAsync();
        },
        options => options.BookmarkBytes = 20_000);

    [Fact]
    public void Budget_FullOfNames_AnotherNameIsRefusedUntilOneIsDeleted() => Play(
        true,
        async stage =>
        {
            var id = await stage.CreateAsync();
            var names = 0;
            var refusal = await Assert.ThrowsAsync<SessionException>(async () =>
            {
                while (true) await stage.Host.BookmarkAsync(id, new BookmarkRequest($"name {names++}"), default);
            });
            Assert.Equal(SessionError.Conflict, refusal.Error);
            Assert.Contains("delete one", refusal.Message, StringComparison.Ordinal);
            Assert.InRange(names, 2, 30);
            await stage.Host.ForgetBookmarkAsync(id, "b1", default);
            Assert.Equal("again", (await stage.Host.BookmarkAsync(id, new BookmarkRequest("again"), default)).Name);
            refusal = await Assert.ThrowsAsync<SessionException>(() => stage.Host.ForgetBookmarkAsync(id, "b1", default));
            Assert.Contains("not kept any more", refusal.Message, StringComparison.Ordinal);
        },
        options => options.BookmarkBytes = 10_000);

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("a\nb")]
    public void Name_ThatCannotBeShown_IsRefused(string name) => Play(false, async stage =>
    {
        var id = await stage.CreateAsync();
        Assert.Equal(SessionError.Invalid, (await Assert.ThrowsAsync<SessionException>(() => stage.Host.BookmarkAsync(id, new BookmarkRequest(name), default))).Error);
        Assert.Equal(SessionError.Invalid, (await Assert.ThrowsAsync<SessionException>(() => stage.Host.BookmarkAsync(id, new BookmarkRequest(new string('x', 81)), default))).Error);
    });

    [Fact]
    public void Bookmark_WhileABlockIsMade_IsOfTheBorderAfterIt() => Play(false, async stage =>
    {
        var id = await stage.CreateAsync();
        var viewer = stage.Watch(id);
        await stage.PassAsync(2.97);
        var busy = stage.Engine.QueueLength > 0;
        while (!busy)
        {
            await stage.PassAsync(0.02);
            busy = stage.Engine.QueueLength > 0;
        }

        var asked = stage.Host.BookmarkAsync(id, new BookmarkRequest("now"), default);
        await stage.SettleAsync();
        Assert.False(asked.IsCompleted, "A stream was saved in the middle of a block.");
        await stage.PassAsync(0.2);
        Assert.Equal((await asked).Block, stage.Engine.Streams[0].NextBlock);
        await viewer.LeaveAsync();
    });

    [Fact]
    public void Bookmarks_SurviveARestartWithTheirPictures() => Play(true, async stage =>
    {
        var id = await stage.CreateAsync();
        var viewer = stage.Watch(id);
        await stage.PassAsync(25);
        await BookmarkAsync(stage, id, "mine");
        await stage.RestartAsync();
        var bookmarks = await BookmarksAsync(stage, id);
        Assert.Equal([null, null, "mine"], bookmarks.Select(one => one.Name));
        Assert.Equal("RIFF"u8.ToArray(), (await stage.Host.BookmarkPictureAsync(id, bookmarks[2].Id, default))[..4].ToArray());
        var after = stage.Watch(id);
        await stage.PassAsync(12);
        // Nothing is taken twice, and no number is given twice.
        Assert.Equal([20L, 40, 60], (await BookmarksAsync(stage, id)).Where(one => one.Name is null).Select(one => one.Block));
        Assert.Equal(4, (await BookmarksAsync(stage, id)).Select(one => one.Id).Distinct().Count());
        await after.LeaveAsync();
        await viewer.LeaveAsync();
    });

    [Fact]
    public void FullDisk_ANamedBookmarkIsRefusedAndTheStreamGoesOn() => Play(true, async stage =>
    {
        var id = await stage.CreateAsync();
        var viewer = stage.Watch(id);
        await stage.PassAsync(3);
        stage.Store!.IsFullForSnapshots = true;
        var refusal = await Assert.ThrowsAsync<SessionException>(() => BookmarkAsync(stage, id, "x"));
        Assert.Contains("No space left", refusal.Message, StringComparison.Ordinal);
        await stage.PassAsync(20);
        Assert.Empty(await BookmarksAsync(stage, id));
        Assert.Equal(0, (await stage.ViewAsync(id)).Stalls);
        stage.Store.IsFullForSnapshots = false;
        await stage.PassAsync(15);
        Assert.NotEmpty(await BookmarksAsync(stage, id));
        await viewer.LeaveAsync();
    });

    [Fact]
    public void Bookmark_OfAFailedOrEndedSession_IsRefused() => Play(false, async stage =>
    {
        var id = await stage.CreateAsync();
        var viewer = stage.Watch(id);
        stage.Engine.AlwaysFails = stream => stream.Seed == 7;
        await stage.PassAsync(2);
        Assert.Equal(SessionError.Failed, (await Assert.ThrowsAsync<SessionException>(() => stage.Host.BookmarkAsync(id, new BookmarkRequest("x"), default))).Error);
        await stage.Host.CloseAsync(id, default);
        Assert.Equal(SessionError.NotFound, (await Assert.ThrowsAsync<SessionException>(() => stage.Host.BookmarkAsync(id, new BookmarkRequest("x"), default))).Error);
        await viewer.LeaveAsync();
    });

    private static Task<IReadOnlyList<BookmarkView>> BookmarksAsync(Stage stage, string id) => stage.Host.BookmarksAsync(id, default);

    private static void Play(bool store, Func<Stage, Task> test, Action<SessionOptions>? configure = null) =>
        Stage.Play(
            async stage =>
            {
                await test(stage);
                // A host that is stopped while a block is made waits for it.
                await stage.PassAsync(1);
            },
            configure, store: store ? new MemoryStore() : null);

    /// <summary>A block may be under way, which takes a moment.</summary>
    private static async Task<BookmarkView> BookmarkAsync(Stage stage, string id, string name)
    {
        var asked = stage.Host.BookmarkAsync(id, new BookmarkRequest(name), default);
        await stage.PassAsync(0.2);
        return await asked;
    }
}
