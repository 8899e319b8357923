using SanaLive.Sessions.Bookmarks;

namespace SanaLive.Sessions.Tests.Bookmarks;

public sealed class BookmarkRetentionTests
{
    private static readonly TimeSpan Block = TimeSpan.FromSeconds(0.5);

    [Theory]
    [InlineData(1000, 10, 10.0)]
    [InlineData(300, 10, 20.0)]
    [InlineData(100, 10, 60.0)]
    [InlineData(10, 10, 600.0)]
    public void Interval_WidensUntilTheWindowFits(long budget, long bytes, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Of(budget).IntervalFor([], bytes));

    [Fact]
    public void Interval_WhereNotEvenOneFits_IsNone()
    {
        Assert.Null(Of(9).IntervalFor([], 10));
        Assert.Null(Of(100).IntervalFor([One(1, 20, 95, "named")], 10));
    }

    [Fact]
    public void Surplus_IsWhatIsOlderThanTheWindow()
    {
        var bookmarks = new[] { One(1, 20), One(2, 40, name: "named"), One(3, 1219), One(4, 1221) };
        Assert.Equal([1L], Of(1000).Surplus(bookmarks, 1221, 10, Block).Select(one => one.Number));
    }

    [Fact]
    public void Surplus_WhereThereIsNoRoom_LeavesTheRestEvenlyApartAndTheNamedAlone()
    {
        var bookmarks = Enumerable.Range(1, 9).Select(i => One(i, i * 20, name: i == 4 ? "named" : null)).ToList();
        var retention = Of(60);
        for (var block = 200; block <= 600; block += 20)
        {
            foreach (var gone in retention.Surplus(bookmarks, block, 10, Block)) bookmarks.Remove(gone);
            bookmarks.Add(One(block / 20, block));
            Assert.True(bookmarks.Sum(one => one.Bytes) <= 60);
            Assert.Contains(bookmarks, one => one.Name is not null);
        }

        var blocks = bookmarks.Where(one => one.Name is null).Select(one => one.Block).ToList();
        Assert.Equal(20, blocks[0]);
        Assert.Equal(5, blocks.Count);
        Assert.All(blocks.Zip(blocks.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 20, 300));
    }

    [Fact]
    public void Fits_CountsOnlyWhatHasAName()
    {
        var bookmarks = new[] { One(1, 20, 50), One(2, 40, 50, "named") };
        Assert.True(Of(100).Fits(bookmarks, 50));
        Assert.False(Of(100).Fits(bookmarks, 51));
    }

    private static BookmarkRetention Of(long budget) => new(TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(10), budget);

    private static Bookmark One(long number, long block, long bytes = 10, string? name = null) => new()
    {
        Number = number, Name = name, Block = block, Taken = DateTimeOffset.UnixEpoch, Prompt = "", Meaning = "", Bytes = bytes, Picture = [],
    };
}
