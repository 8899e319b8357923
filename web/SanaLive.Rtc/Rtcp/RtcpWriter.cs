using System.Buffers.Binary;

namespace SanaLive.Rtc.Rtcp;

/// <summary>Writes what we send: sender reports and goodbyes, each a compound with our canonical name (RFC 3550, 6.1).</summary>
internal static class RtcpWriter
{
    /// <summary>No compound is longer.</summary>
    public const int MaxLength = 128;

    private const byte Version = 0x80;
    private const byte CanonicalName = 1;

    /// <summary>A sender report: which NTP time belongs to which RTP timestamp, and how much was sent.</summary>
    public static int WriteSenderReport(Span<byte> target, uint ssrc, NtpTime now, uint timestamp, uint packets, uint bytes, ReadOnlySpan<byte> cname)
    {
        WriteHeader(target, 0, RtcpType.SenderReport, 28);
        BinaryPrimitives.WriteUInt32BigEndian(target[4..], ssrc);
        BinaryPrimitives.WriteUInt64BigEndian(target[8..], now.Value);
        BinaryPrimitives.WriteUInt32BigEndian(target[16..], timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(target[20..], packets);
        BinaryPrimitives.WriteUInt32BigEndian(target[24..], bytes);
        return 28 + WriteName(target[28..], ssrc, cname);
    }

    /// <summary>The streams end here.</summary>
    public static int WriteBye(Span<byte> target, uint ssrc, uint rtxSsrc, ReadOnlySpan<byte> cname)
    {
        // A compound begins with a report: an empty one of a receiver.
        WriteHeader(target, 0, RtcpType.ReceiverReport, 8);
        BinaryPrimitives.WriteUInt32BigEndian(target[4..], ssrc);
        var at = 8 + WriteName(target[8..], ssrc, cname);
        WriteHeader(target[at..], 2, RtcpType.Bye, 12);
        BinaryPrimitives.WriteUInt32BigEndian(target[(at + 4)..], ssrc);
        BinaryPrimitives.WriteUInt32BigEndian(target[(at + 8)..], rtxSsrc);
        return at + 12;
    }

    private static int WriteName(Span<byte> target, uint ssrc, ReadOnlySpan<byte> cname)
    {
        // SSRC (4), item type and length (2), the name, and at least one zero up to the next word.
        var length = (4 + 4 + 2 + cname.Length + 1 + 3) & ~3;
        target[..length].Clear();
        WriteHeader(target, 1, RtcpType.SourceDescription, length);
        BinaryPrimitives.WriteUInt32BigEndian(target[4..], ssrc);
        target[8] = CanonicalName;
        target[9] = (byte)cname.Length;
        cname.CopyTo(target[10..]);
        return length;
    }

    private static void WriteHeader(Span<byte> target, int count, RtcpType type, int length)
    {
        target[0] = (byte)(Version | count);
        target[1] = (byte)type;
        BinaryPrimitives.WriteUInt16BigEndian(target[2..], (ushort)(length / 4 - 1));
    }
}
