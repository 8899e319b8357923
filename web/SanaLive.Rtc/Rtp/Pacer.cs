namespace SanaLive.Rtc.Rtp;

/// <summary>
/// How many packets may go out at each tick so that a frame takes about the pacing window. Small frames go out whole: most
/// routers take ten packets without a thought, and waiting would only cost delay.
/// </summary>
internal sealed class Pacer(TimeSpan window)
{
    /// <summary>Packets that go out at once, whatever the frame's size.</summary>
    public const int Burst = 8;

    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);

    private int share = Burst;

    /// <summary>Packets of the first tick, sent with the frame itself.</summary>
    /// <param name="waiting">All packets that wait now, an unfinished frame's included.</param>
    public int Begin(int waiting)
    {
        var ticks = Math.Max(1, (int)(window / Tick));
        share = Math.Max(Burst, (waiting + ticks - 1) / ticks);
        return share;
    }

    /// <summary>Packets of each further tick.</summary>
    public int Next => share;
}
