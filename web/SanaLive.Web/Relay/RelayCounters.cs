namespace SanaLive.Web.Relay;

/// <summary>The running sums behind <see cref="RelayStatistics"/>.</summary>
internal sealed class RelayCounters
{
    private long blocks, frames, framesSkipped, keyframeRequests, watchesBroken;

    public void BlockPlayed() => Interlocked.Increment(ref blocks);

    public void FrameDue() => Interlocked.Increment(ref frames);

    public void FramesGivenUp(int count) => Interlocked.Add(ref framesSkipped, count);

    public void KeyframeRequested() => Interlocked.Increment(ref keyframeRequests);

    public void WatchBroken() => Interlocked.Increment(ref watchesBroken);

    public RelayStatistics Read(int watchedSessions) => new(
        watchedSessions, Interlocked.Read(ref blocks), Interlocked.Read(ref frames), Interlocked.Read(ref framesSkipped),
        Interlocked.Read(ref keyframeRequests), Interlocked.Read(ref watchesBroken));
}
