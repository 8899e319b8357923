namespace SanaLive.Sessions.Playback;

/// <summary>
/// When each block is due: its media time after an origin; a block that comes too late moves the origin, so that all later
/// ones are due later too.
/// </summary>
/// <param name="timeline">Media time of every block.</param>
/// <param name="longestLead">How far the end of the newest block may ever be ahead of what is shown; at least one block.</param>
internal sealed class MediaClock(MediaTimeline timeline, TimeSpan longestLead)
{
    private readonly TimeSpan _blockDuration = timeline.BlockDuration;
    private DateTimeOffset? _origin;

    public TimeSpan LongestLead { get; } = longestLead;

    /// <summary>How far the end of the newest block may be ahead of what is shown now; at most <see cref="LongestLead"/>.</summary>
    public TimeSpan Lead { get; set; } = longestLead;

    /// <summary>False before the first block and after an interruption: the next block is a new beginning.</summary>
    public bool IsRunning => _origin is not null;

    public long Stalls { get; private set; }

    /// <summary>When block 0 would have been due; null while the clock stands.</summary>
    public DateTimeOffset? Origin => _origin;

    public TimeSpan MediaTime(long block) => timeline.At(block);

    public DateTimeOffset? DueAt(long block) => _origin + MediaTime(block);

    /// <summary>How long the making of <paramref name="block"/> must wait to stay within the lead; zero or less when it may begin.</summary>
    public TimeSpan WaitBefore(long block, DateTimeOffset now)
    {
        if (DueAt(block) is not { } due) return TimeSpan.Zero;
        var wait = due + _blockDuration - Lead - now;
        // No block can be further ahead than the lead: somebody has set the system's clock back.
        return wait > LongestLead + _blockDuration ? TimeSpan.Zero : wait;
    }

    /// <summary>Seconds of finished video that have not been shown, when <paramref name="next"/> is the first unfinished block.</summary>
    public TimeSpan LeadBefore(long next, DateTimeOffset now) =>
        DueAt(next) is { } due && due > now ? due - now : TimeSpan.Zero;

    /// <summary>The block is ready: says when it is due.</summary>
    /// <param name="block">Its number.</param>
    /// <param name="now">The present.</param>
    /// <param name="watched">False when nobody waits for it: then it cannot stall anybody.</param>
    public DateTimeOffset Publish(long block, DateTimeOffset now, bool watched = true)
    {
        if (DueAt(block) is { } due)
        {
            if (due >= now && due - now <= LongestLead + _blockDuration) return due;
            if (due < now && watched) Stalls++;
        }

        _origin = now - MediaTime(block);
        return now;
    }

    /// <summary>The next block is a new beginning.</summary>
    public void Stop() => _origin = null;

    /// <summary>Goes on from another clock of the same session.</summary>
    public void Resume(DateTimeOffset? origin, long stalls) => (_origin, Stalls) = (origin, stalls);

    /// <summary>Making goes on after an interruption. If what was made before it is still being shown, nothing is lost; else the clock begins anew.</summary>
    public void Continue(long block, DateTimeOffset now)
    {
        if (DueAt(block) is { } due && due < now) _origin = null;
    }
}
