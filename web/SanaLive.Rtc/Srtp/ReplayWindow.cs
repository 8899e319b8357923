namespace SanaLive.Rtc.Srtp;

/// <summary>Lets each packet index through once (RFC 3711, 3.3.2): the last 64 are remembered, older ones are refused.</summary>
internal sealed class ReplayWindow
{
    private const int Size = 64;

    private long newest = -1;
    private ulong seen;

    public bool TryAccept(uint index)
    {
        var ahead = index - newest;
        if (ahead > 0)
        {
            seen = ahead >= Size ? 1 : seen << (int)ahead | 1;
            newest = index;
            return true;
        }

        if (-ahead >= Size) return false;
        var bit = 1UL << (int)-ahead;
        if ((seen & bit) != 0) return false;
        seen |= bit;
        return true;
    }
}
