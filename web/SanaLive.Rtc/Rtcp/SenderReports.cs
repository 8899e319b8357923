using System.Text;
using SanaLive.Rtc.Rtp;

namespace SanaLive.Rtc.Rtcp;

/// <summary>Makes a sender report with the first frame and every second from then on.</summary>
internal sealed class SenderReports(RtpSender sender, string canonicalName, TimeProvider time)
{
    private const int ClockRate = 90_000;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly byte[] name = Encoding.ASCII.GetBytes(canonicalName);
    private uint frameTimestamp;
    private long frameAt;
    private long reportedAt;
    private bool hasFrame;
    private bool hasReported;

    public ReadOnlySpan<byte> CanonicalName => name;

    public bool IsDue => hasFrame && (!hasReported || time.GetElapsedTime(reportedAt) >= Interval);

    /// <summary>A frame with this timestamp is due now: that ties media time to the wall clock.</summary>
    public void OnFrame(uint timestamp)
    {
        frameTimestamp = timestamp;
        frameAt = time.GetTimestamp();
        hasFrame = true;
    }

    public int Write(Span<byte> target)
    {
        hasReported = true;
        reportedAt = time.GetTimestamp();
        var since = time.GetElapsedTime(frameAt, reportedAt);

        // By way of 64 bits, because a pause may outlast a turn of the 32 (13 h).
        var timestamp = unchecked(frameTimestamp + (uint)(long)(since.TotalSeconds * ClockRate));
        return RtcpWriter.WriteSenderReport(
            target, sender.MediaSsrc, NtpTime.From(time.GetUtcNow()), timestamp, (uint)sender.PacketsSent, (uint)sender.PayloadBytesSent, name);
    }
}
