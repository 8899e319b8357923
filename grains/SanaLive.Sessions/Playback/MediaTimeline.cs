namespace SanaLive.Sessions.Playback;

/// <summary>
/// At which media time each block begins. Blocks last alike but for those that begin a scene, which may have more pictures or fewer (a
/// decoder whose first latent frame is a single picture): each of them moves all that come after it.
/// </summary>
/// <param name="blockDuration">Media time of a block that begins no scene.</param>
internal sealed class MediaTimeline(TimeSpan blockDuration)
{
    /// <summary>Moved beginnings that are remembered; from older ones a time is off by a few pictures at most.</summary>
    private const int Remembered = 1024;

    // Ascending; between two of them blocks last alike.
    private readonly List<(long Block, TimeSpan At)> _known = [(0, TimeSpan.Zero)];

    public TimeSpan BlockDuration => blockDuration;

    /// <summary>Of a block's first frame; of one that has not been made as far as is known now.</summary>
    public TimeSpan At(long block)
    {
        var (from, at) = _known[Math.Max(0, _known.FindLastIndex(known => known.Block <= block))];
        var time = at + (block - from) * blockDuration;
        return time > TimeSpan.Zero ? time : TimeSpan.Zero;
    }

    /// <summary>Begins anew with a block that is made next.</summary>
    /// <param name="block">Its number.</param>
    /// <param name="at">Its media time; null where nobody wrote it down, because all blocks lasted alike.</param>
    public void Begin(long block, TimeSpan? at)
    {
        _known.Clear();
        _known.Add((block, at ?? block * blockDuration));
    }

    /// <summary>A block was made, perhaps again: what was known of later ones is forgotten.</summary>
    public void Made(long block, TimeSpan duration)
    {
        var (start, end) = (At(block), At(block) + duration);
        _known.RemoveAll(known => known.Block > block);
        if (_known.Count == 0) _known.Add((block, start));
        if (At(block + 1) != end) _known.Add((block + 1, end));
        if (_known.Count > Remembered) _known.RemoveAt(0);
    }
}
