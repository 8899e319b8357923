using System.Buffers.Binary;
using SanaLive.Rtc.Rtp;

namespace SanaLive.Rtc.Rtcp;

/// <summary>Reads a viewer's RTCP: keeps what it says for the statistics and has lost packets sent again.</summary>
internal sealed class ViewerFeedback(RtpSender sender, TimeProvider time)
{
    private const double ClockRate = 90_000;

    private long nacks;
    private long keyframeRequests;
    private long transportArrived;
    private long transportLost;
    private double fractionLost;
    private uint jitter;
    private TimeSpan? roundTrip;

    public RtcStatistics Describe() => new()
    {
        Nacks = nacks,
        KeyframeRequests = keyframeRequests,
        FractionLost = fractionLost,
        TransportLost = transportLost == 0 ? 0 : (double)transportLost / (transportLost + transportArrived),
        Jitter = TimeSpan.FromSeconds(jitter / ClockRate),
        RoundTrip = roundTrip,
    };

    /// <summary>Reads a decrypted datagram. What is broken in it ends the reading; what came before counts.</summary>
    public FeedbackOutcome Read(ReadOnlySpan<byte> datagram)
    {
        var (keyframe, goodbye) = (false, false);
        var compound = new RtcpCompound(datagram);
        while (compound.MoveNext())
        {
            var packet = compound.Current;
            switch (packet.Type)
            {
                case RtcpType.ReceiverReport or RtcpType.SenderReport: ReadReports(packet); break;
                case RtcpType.TransportFeedback: ReadTransport(packet); break;
                case RtcpType.PayloadFeedback when IsKeyframeRequest(packet):
                    keyframe = true;
                    keyframeRequests++;
                    break;
                case RtcpType.Bye: goodbye = true; break;
                default: break;
            }
        }

        return new FeedbackOutcome(keyframe, goodbye);
    }

    private void ReadReports(in RtcpPacket packet)
    {
        for (var blocks = ReceptionReport.Blocks(packet); blocks.Length >= ReceptionReport.Length; blocks = blocks[ReceptionReport.Length..])
        {
            var report = ReceptionReport.Read(blocks);
            if (report.Ssrc != sender.MediaSsrc) continue;
            fractionLost = report.FractionLost;
            jitter = report.Jitter;
            roundTrip = report.RoundTrip(NtpTime.From(time.GetUtcNow())) ?? roundTrip;
        }
    }

    private void ReadTransport(in RtcpPacket packet)
    {
        if (packet.Body.Length < RtcpPacket.FeedbackHeaderLength) return;
        var items = packet.Body[RtcpPacket.FeedbackHeaderLength..];
        if (packet.Count == RtcpPacket.TransportWide)
        {
            if (!TransportFeedback.TryRead(items, out var counts)) return;
            transportArrived += counts.Arrived;
            transportLost += counts.Lost;
        }
        else if (packet.Count == RtcpPacket.Nack && MediaSsrc(packet) == sender.MediaSsrc)
        {
            // Each item is a sequence number and a mask of the sixteen after it.
            for (; items.Length >= 4; items = items[4..])
            {
                var sequence = BinaryPrimitives.ReadUInt16BigEndian(items);
                ResendLost(sequence);
                for (var mask = BinaryPrimitives.ReadUInt16BigEndian(items[2..]); mask != 0; mask >>= 1)
                {
                    sequence++;
                    if ((mask & 1) != 0) ResendLost(sequence);
                }
            }
        }
    }

    private void ResendLost(ushort sequence)
    {
        nacks++;
        sender.Resend(sequence);
    }

    private bool IsKeyframeRequest(in RtcpPacket packet) => packet.Count switch
    {
        RtcpPacket.PictureLoss => packet.Body.Length >= RtcpPacket.FeedbackHeaderLength && MediaSsrc(packet) == sender.MediaSsrc,

        // Its target is in the item behind the header, and there is only one stream.
        RtcpPacket.FullIntra => packet.Body.Length >= RtcpPacket.FeedbackHeaderLength + 8,
        _ => false,
    };

    private static uint MediaSsrc(in RtcpPacket packet) => BinaryPrimitives.ReadUInt32BigEndian(packet.Body[4..]);
}
