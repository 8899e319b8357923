using SanaLive.Sessions.Bookmarks;

namespace SanaLive.Sessions.Durability;

/// <summary>A session's journal as its keeper remembers it: what a journal written anew would say.</summary>
/// <param name="facts">Its first entry.</param>
internal sealed class KeeperLog(SessionFacts facts)
{
    private readonly List<JournalRecord> _tail = [];
    private JournalEntry.Collected? _base;

    /// <summary>The newest record's number. The first record has number 0.</summary>
    public long Sequence { get; private set; }

    public int Count => _tail.Count;

    public static KeeperLog From(SessionFacts facts, IReadOnlyList<JournalRecord> records)
    {
        var log = new KeeperLog(facts) { Sequence = records[0].Sequence };
        foreach (var record in records.Skip(1))
        {
            if (record.Entry is JournalEntry.Collected collected) log._base = collected;
            else log._tail.Add(record);
            log.Sequence = record.Sequence;
        }

        return log;
    }

    /// <summary>All bookmarks that are kept, the oldest first.</summary>
    public IReadOnlyList<Bookmark> Bookmarks => Bookmark(_base, _tail).Bookmarks;

    /// <summary>Numbers given to bookmarks.</summary>
    public long BookmarkCount => Bookmark(_base, _tail).Count;

    /// <summary>Every going back that may be needed again, the oldest first.</summary>
    public IReadOnlyList<JournalEntry.Rewound> Rewinds => [.. _base?.Rewinds ?? [], .. _tail.Select(record => record.Entry).OfType<JournalEntry.Rewound>()];

    /// <summary>The last going back, for those who look at the session; null when there was none.</summary>
    public RewindView? LastRewind => Rewinds.LastOrDefault()?.View ?? _base?.LastRewind;

    public JournalRecord Add(JournalEntry entry)
    {
        var record = new JournalRecord(++Sequence, entry);
        _tail.Add(record);
        return record;
    }

    /// <summary>Nothing up to a number is needed any more but what it came to. Bookmarks and rewinds are seen to here.</summary>
    /// <param name="collected">What the rest came to.</param>
    /// <param name="sequence">The number.</param>
    /// <param name="block">
    /// The block that the oldest snapshot goes on with: going back at earlier ones is done for good. <see cref="long.MaxValue"/>: the stream
    /// begins again, and has never gone back.
    /// </param>
    public void BeginWith(JournalEntry.Collected collected, long sequence, long block)
    {
        // Two records come before the tail, and the first record's number is 0 at least.
        if (sequence < 1) return;
        var last = block == long.MaxValue ? null : LastRewind;
        var gone = _tail.Where(record => record.Sequence <= sequence).ToList();
        _tail.RemoveRange(0, gone.Count);
        var (bookmarks, count) = Bookmark(_base, gone);
        var rewinds = gone.Select(record => record.Entry).OfType<JournalEntry.Rewound>();
        _base = collected with
        {
            Bookmarks = bookmarks,
            BookmarkCount = count,
            Rewinds = [.. (_base?.Rewinds ?? []).Concat(rewinds).Where(one => one.View.Block >= block)],
            LastRewind = last,
        };
    }

    /// <summary>The whole journal, numbered without gaps.</summary>
    public IReadOnlyList<JournalRecord> Whole()
    {
        var first = (_tail.Count > 0 ? _tail[0].Sequence : Sequence + 1) - (_base is null ? 1 : 2);
        var begun = new JournalRecord(first, new JournalEntry.Begun(facts));
        return _base is null ? [begun, .. _tail] : [begun, new JournalRecord(first + 1, _base), .. _tail];
    }

    private static (IReadOnlyList<Bookmark> Bookmarks, long Count) Bookmark(JournalEntry.Collected? before, IEnumerable<JournalRecord> records)
    {
        var (bookmarks, count) = ((before?.Bookmarks ?? []).ToList(), before?.BookmarkCount ?? 0);
        foreach (var record in records)
        {
            if (record.Entry is JournalEntry.Forgotten forgotten) bookmarks.RemoveAll(one => forgotten.Bookmarks.Contains(one.Number));
            if (record.Entry is not JournalEntry.Bookmarked { Bookmark: { } added }) continue;
            bookmarks.Add(added);
            count = Math.Max(count, added.Number);
        }

        return (bookmarks, count);
    }
}
