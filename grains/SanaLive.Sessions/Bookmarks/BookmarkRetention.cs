namespace SanaLive.Sessions.Bookmarks;

/// <summary>
/// Which bookmarks are worth their room. Those with a name stay until they are deleted. Those that are taken unasked reach back a while;
/// where they do not all fit they lie further apart, evenly.
/// </summary>
/// <param name="Interval">Media time between two that are taken unasked, at least.</param>
/// <param name="Window">How far these reach back.</param>
/// <param name="Budget">Bytes of all together.</param>
internal sealed record BookmarkRetention(TimeSpan Interval, TimeSpan Window, long Budget)
{
    /// <summary>Media time between two that are taken unasked; null when there is no room for any.</summary>
    /// <param name="bookmarks">All that there are.</param>
    /// <param name="bytes">Of one.</param>
    public TimeSpan? IntervalFor(IReadOnlyCollection<Bookmark> bookmarks, long bytes)
    {
        var room = (Budget - NamedBytes(bookmarks)) / Math.Max(1, bytes);
        if (room < 1) return null;
        var needed = Window / room;
        return needed > Interval ? needed : Interval;
    }

    /// <summary>Whether there is room for another one with a name, at the cost of those without.</summary>
    public bool Fits(IReadOnlyCollection<Bookmark> bookmarks, long bytes) => NamedBytes(bookmarks) + bytes <= Budget;

    /// <summary>What must go before a new one is kept: what is too old, and then whatever leaves the smallest gap.</summary>
    /// <param name="bookmarks">The oldest first.</param>
    /// <param name="block">Of the new one.</param>
    /// <param name="bytes">Of the new one.</param>
    /// <param name="blockDuration">Media time of a block.</param>
    public IReadOnlyList<Bookmark> Surplus(IReadOnlyList<Bookmark> bookmarks, long block, long bytes, TimeSpan blockDuration)
    {
        var unasked = bookmarks.Where(one => one.Name is null).ToList();
        var gone = unasked.Where(one => (block - one.Block) * blockDuration > Window || one.Block > block).ToList();
        unasked.RemoveAll(gone.Contains);
        while (unasked.Count > 0 && NamedBytes(bookmarks) + unasked.Sum(one => one.Bytes) + bytes > Budget)
        {
            var least = Enumerable.Range(0, unasked.Count).MinBy(at => Gap(unasked, at, block));
            gone.Add(unasked[least]);
            unasked.RemoveAt(least);
        }

        return gone;
    }

    /// <summary>Blocks that would lie between its neighbours. The oldest reaches furthest back: it goes when nothing else is left.</summary>
    private static long Gap(List<Bookmark> bookmarks, int at, long newest) =>
        at == 0 ? long.MaxValue : (at + 1 < bookmarks.Count ? bookmarks[at + 1].Block : newest) - bookmarks[at - 1].Block;

    private static long NamedBytes(IEnumerable<Bookmark> bookmarks) => bookmarks.Where(one => one.Name is not null).Sum(one => one.Bytes);
}
