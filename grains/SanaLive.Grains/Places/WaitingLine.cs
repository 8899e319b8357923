namespace SanaLive.Grains.Places;

/// <summary>Who waits, in the order in which they came, wherever they wait.</summary>
/// <param name="known">Turns that were given before, by session.</param>
internal sealed class WaitingLine(IReadOnlyDictionary<string, long> known)
{
    private readonly Dictionary<string, (long Turn, DateTimeOffset Seen)> _turns = known.ToDictionary(one => one.Key, one => (one.Value, DateTimeOffset.MaxValue));

    /// <summary>Those that have no turn yet.</summary>
    public IReadOnlyList<string> Newcomers(IEnumerable<string> waiting) => [.. waiting.Where(session => !_turns.ContainsKey(session))];

    public void Add(string session, long turn, DateTimeOffset now) => _turns[session] = (turn, now);

    /// <summary>Takes those out that nobody has reported for a while.</summary>
    /// <param name="waiting">All that are reported now.</param>
    /// <param name="now">The present.</param>
    /// <param name="patience">How long one may not be reported.</param>
    /// <returns>Those.</returns>
    public IReadOnlyList<string> Seen(IEnumerable<string> waiting, DateTimeOffset now, TimeSpan patience)
    {
        foreach (var session in waiting) _turns[session] = (_turns.TryGetValue(session, out var one) ? one.Turn : long.MaxValue, now);
        foreach (var (session, (turn, seen)) in _turns.ToList())
            if (seen == DateTimeOffset.MaxValue) _turns[session] = (turn, now);
        var gone = _turns.Where(one => one.Value.Seen + patience <= now).Select(one => one.Key).ToList();
        foreach (var session in gone) _turns.Remove(session);
        return gone;
    }

    public IEnumerable<string> InOrder() => _turns.OrderBy(one => one.Value.Turn).ThenBy(one => one.Key, StringComparer.Ordinal).Select(one => one.Key).ToList();

    /// <summary>1 for the first of those that wait now.</summary>
    public IReadOnlyDictionary<string, int> Positions(IEnumerable<string> waiting)
    {
        var now = waiting.ToHashSet();
        return InOrder().Where(now.Contains).Select((session, index) => (session, index)).ToDictionary(one => one.session, one => one.index + 1);
    }
}
