using SanaLive.Sessions.Bookmarks;
using SanaLive.Sessions.Tests.Fakes;

namespace SanaLive.Sessions.Tests.Sessions;

/// <summary>A model whose scenes begin with a longer block, as LongSANA's do: its first latent frame is a picture of its own.</summary>
public sealed class UnevenBlockTests
{
    private static readonly TimeSpan Frame = TimeSpan.FromSeconds(1.0 / 16);

    private static void Uneven(FakeEngine engine) => engine.Model = FakeEngine.Card with { FirstBlockFrames = 9 };

    [Fact]
    public void Watch_BlocksFollowEachOtherWithoutGapOrOverlap() => Stage.Play(
        async stage =>
        {
            var id = await stage.CreateAsync();
            var viewer = stage.Watch(id);
            await stage.PassAsync(3);
            Assert.True(viewer.Blocks.Count > 4);
            Assert.Equal([9, 8, 8], viewer.Blocks.Take(3).Select(seen => seen.Block.Frames.Count));
            Assert.Equal([0 * Frame, 9 * Frame, 17 * Frame], viewer.Blocks.Take(3).Select(seen => seen.Block.MediaTime));
            Assert.All(viewer.Blocks.Zip(viewer.Blocks.Skip(1)), pair => Assert.Equal(pair.First.Block.MediaTime + pair.First.Block.Duration, pair.Second.Block.MediaTime));
            Assert.All(viewer.Blocks.Zip(viewer.Blocks.Skip(1)), pair => Assert.Equal(pair.First.Block.DueAt + pair.First.Block.Duration, pair.Second.Block.DueAt));
            Assert.Equal(0, (await stage.ViewAsync(id)).Stalls);
            await viewer.LeaveAsync();
        },
        engine: Uneven);

    [Fact]
    public void Cut_BeginsALongerBlock_AndItsReceiptSaysWhen() => Stage.Play(
        async stage =>
        {
            var id = await stage.CreateAsync();
            var viewer = stage.Watch(id);
            await stage.PassAsync(1);
            var cue = await stage.CueAsync(id, "forest night", atBlock: 5);
            await stage.PassAsync(4);
            var cut = viewer.Blocks.Single(seen => seen.Block.Number == 5).Block;
            Assert.Equal(9, cut.Frames.Count);
            Assert.Equal(41 * Frame, cut.MediaTime);
            Assert.Equal(cut.MediaTime.TotalSeconds, (await stage.ReceiptAsync(id, cue.Id)).MediaTime);
            Assert.Equal(50 * Frame, viewer.Blocks.Single(seen => seen.Block.Number == 6).Block.MediaTime);
            await viewer.LeaveAsync();
        },
        engine: Uneven);

    [Fact]
    public void Restart_GoesOnAtTheVeryMediaTime_AndBookmarksKeepTheirs() => Stage.Play(
        async stage =>
        {
            var id = await stage.CreateAsync();
            var before = stage.Watch(id);
            await stage.PassAsync(1);
            await stage.CueAsync(id, "forest night", atBlock: 5);
            await stage.PassAsync(4);
            var bookmark = await stage.Host.BookmarkAsync(id, new BookmarkRequest("here"), default);
            Assert.Equal((bookmark.Block * 8 + 2) * Frame, bookmark.MediaTime);
            await stage.PassAsync(2);
            await stage.RestartAsync();
            var after = stage.Watch(id);
            await stage.PassAsync(3);

            var last = before.Blocks[^1].Block;
            Assert.NotEmpty(after.Blocks);
            Assert.All(after.Blocks, seen => Assert.Equal(last.MediaTime + (seen.Block.Number - last.Number) * 8 * Frame, seen.Block.MediaTime));
            Assert.Equal(bookmark.MediaTime, (await stage.Host.BookmarksAsync(id, default)).Single(one => one.Name == "here").MediaTime);
            await after.LeaveAsync();
            await before.LeaveAsync();
        },
        store: new MemoryStore(),
        engine: Uneven);
}
