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
            if (record.Entry is JournalEntry.Collected collected) log.BeginWith(collected, record.Sequence);
            else log._tail.Add(record);
            log.Sequence = record.Sequence;
        }

        return log;
    }

    public JournalRecord Add(JournalEntry entry)
    {
        var record = new JournalRecord(++Sequence, entry);
        _tail.Add(record);
        return record;
    }

    /// <summary>Nothing up to a number is needed any more but what it came to.</summary>
    public void BeginWith(JournalEntry.Collected collected, long sequence)
    {
        // Two records come before the tail, and the first record's number is 0 at least.
        if (sequence < 1) return;
        _tail.RemoveAll(record => record.Sequence <= sequence);
        _base = collected;
    }

    /// <summary>The whole journal, numbered without gaps.</summary>
    public IReadOnlyList<JournalRecord> Whole()
    {
        var first = (_tail.Count > 0 ? _tail[0].Sequence : Sequence + 1) - (_base is null ? 1 : 2);
        var begun = new JournalRecord(first, new JournalEntry.Begun(facts));
        return _base is null ? [begun, .. _tail] : [begun, new JournalRecord(first + 1, _base), .. _tail];
    }
}
