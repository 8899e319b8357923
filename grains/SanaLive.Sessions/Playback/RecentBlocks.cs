namespace SanaLive.Sessions.Playback;

/// <summary>The last few blocks of a session, for viewers who join, resume or were slow.</summary>
/// <param name="capacity">Blocks that are kept.</param>
internal sealed class RecentBlocks(int capacity)
{
    private readonly Queue<EncodedBlock> _blocks = new(capacity);

    public void Add(EncodedBlock block)
    {
        if (_blocks.Count == capacity) _blocks.Dequeue();
        _blocks.Enqueue(block);
    }

    public void Clear() => _blocks.Clear();

    /// <summary>The oldest first.</summary>
    public IReadOnlyList<EncodedBlock> All => [.. _blocks];

    /// <summary>The newest block that is due: what viewers see now. Before anything is due, the first one.</summary>
    public EncodedBlock? OnAir(DateTimeOffset now)
    {
        EncodedBlock? onAir = null;
        foreach (var block in _blocks)
        {
            if (onAir is not null && block.DueAt > now) break;
            onAir = block;
        }

        return onAir;
    }

    /// <summary>
    /// What a reader gets that wants <paramref name="next"/>: that block, or a later one when it is too late for it, or null when it must wait.
    /// </summary>
    /// <param name="next">Null for a reader that has just come.</param>
    /// <param name="now">The present.</param>
    /// <param name="everyBlock">A reader that resumes gets what is still here, even what is no longer on air.</param>
    public EncodedBlock? Next(long? next, DateTimeOffset now, bool everyBlock)
    {
        if (next is not { } number || _blocks.Count == 0) return OnAir(now);
        var oldest = _blocks.Peek().Number;
        if (number < oldest) return OnAir(now);
        var index = number - oldest;
        if (index >= _blocks.Count) return null;
        var block = _blocks.ElementAt((int)index);
        var shown = block.DueAt + block.Duration <= now;
        return shown && !everyBlock && OnAir(now) is { } onAir && onAir.Number > number ? onAir : block;
    }
}
