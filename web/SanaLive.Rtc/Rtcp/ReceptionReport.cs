using System.Buffers.Binary;

namespace SanaLive.Rtc.Rtcp;

/// <summary>What a receiver says about one stream (RFC 3550, 6.4.1).</summary>
/// <param name="Ssrc">The stream.</param>
/// <param name="FractionLost">Loss since the report before, 0 to 1.</param>
/// <param name="Jitter">In timestamp units (1/90,000 s).</param>
/// <param name="LastSenderReport">Middle 32 bits of the NTP time in the last sender report that arrived; 0 for none.</param>
/// <param name="DelaySince">Time between that report's arrival and this one, in 1/65,536 s.</param>
internal readonly record struct ReceptionReport(uint Ssrc, double FractionLost, uint Jitter, uint LastSenderReport, uint DelaySince)
{
    public const int Length = 24;

    public static ReceptionReport Read(ReadOnlySpan<byte> block) => new(
        BinaryPrimitives.ReadUInt32BigEndian(block),
        block[4] / 256.0,
        BinaryPrimitives.ReadUInt32BigEndian(block[12..]),
        BinaryPrimitives.ReadUInt32BigEndian(block[16..]),
        BinaryPrimitives.ReadUInt32BigEndian(block[20..]));

    /// <summary>The reports of a receiver report (after its SSRC) or a sender report (after its sender information).</summary>
    public static ReadOnlySpan<byte> Blocks(in RtcpPacket packet)
    {
        var at = packet.Type == RtcpType.SenderReport ? 24 : 4;
        return packet.Body.Length < at ? default : packet.Body[at..][..Math.Min(packet.Body.Length - at, packet.Count * Length)];
    }

    /// <summary>The time for there and back, or null when no sender report had arrived or the numbers make no sense.</summary>
    public TimeSpan? RoundTrip(NtpTime now)
    {
        if (LastSenderReport == 0) return null;
        var units = (int)(now.Middle - LastSenderReport - DelaySince);
        return units < 0 ? null : TimeSpan.FromSeconds(units / 65536.0);
    }
}
