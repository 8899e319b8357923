using SanaLive.Rtc;

namespace SanaLive.Web.Whep;

/// <summary>What was sent to all viewers since the server started.</summary>
public sealed record ViewerTotals
{
    public long Offers { get; init; }

    public long FramesSent { get; init; }

    public long BytesSent { get; init; }

    public long PacketsSent { get; init; }

    public long PacketsRetransmitted { get; init; }

    public long PacketsReportedMissing { get; init; }

    public static ViewerTotals operator +(ViewerTotals sum, RtcStatistics one) => sum with
    {
        FramesSent = sum.FramesSent + one.Frames,
        BytesSent = sum.BytesSent + one.Bytes,
        PacketsSent = sum.PacketsSent + one.Packets,
        PacketsRetransmitted = sum.PacketsRetransmitted + one.Retransmissions,
        PacketsReportedMissing = sum.PacketsReportedMissing + one.Nacks,
    };
}
