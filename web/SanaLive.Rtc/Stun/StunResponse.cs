using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace SanaLive.Rtc.Stun;

/// <summary>Writes the answers to a binding request. Each is signed with our password and carries a FINGERPRINT.</summary>
internal static class StunResponse
{
    /// <summary>No response is longer.</summary>
    public const int MaxLength = 128;

    /// <summary>Tells the peer the address that its request came from.</summary>
    public static int WriteSuccess(Span<byte> target, ReadOnlySpan<byte> transactionId, SocketAddress peer, ReadOnlySpan<byte> password)
    {
        var at = Begin(target, 0x0101, transactionId);

        // sockaddr: family (2), port (2, big-endian), then the IPv4 address, or flow label (4) and IPv6 address.
        var socket = peer.Buffer.Span;
        var ip = peer.Family == AddressFamily.InterNetworkV6 ? socket.Slice(8, 16) : socket.Slice(4, 4);
        if (ip.Length == 16 && IsMappedIPv4(ip)) ip = ip[12..];

        var value = Attribute(target, ref at, StunAttribute.XorMappedAddress, 4 + ip.Length);
        value[0] = 0;
        value[1] = ip.Length == 16 ? (byte)2 : (byte)1;
        value[2] = (byte)(socket[2] ^ target[4]);
        value[3] = (byte)(socket[3] ^ target[5]);

        // XORed with the cookie and, for IPv6, the transaction id that follows it in the header.
        for (var i = 0; i < ip.Length; i++) value[4 + i] = (byte)(ip[i] ^ target[4 + i]);
        return End(target, at, password);
    }

    /// <summary>Error 487 (the peer has the roles wrong) and its like.</summary>
    public static int WriteError(Span<byte> target, ReadOnlySpan<byte> transactionId, int code, string reason, ReadOnlySpan<byte> password)
    {
        var at = Begin(target, 0x0111, transactionId);
        WriteErrorCode(target, ref at, code, reason);
        return End(target, at, password);
    }

    /// <summary>Error 420: the request has an attribute that must be understood and is not.</summary>
    public static int WriteUnknownAttribute(Span<byte> target, ReadOnlySpan<byte> transactionId, ushort attribute, ReadOnlySpan<byte> password)
    {
        var at = Begin(target, 0x0111, transactionId);
        WriteErrorCode(target, ref at, 420, "Unknown Attribute");
        BinaryPrimitives.WriteUInt16BigEndian(Attribute(target, ref at, StunAttribute.UnknownAttributes, 2), attribute);
        return End(target, at, password);
    }

    private static bool IsMappedIPv4(ReadOnlySpan<byte> ip) =>
        ip[..10].IndexOfAnyExcept((byte)0) < 0 && ip[10] == 0xFF && ip[11] == 0xFF;

    private static int Begin(Span<byte> target, ushort type, ReadOnlySpan<byte> transactionId)
    {
        BinaryPrimitives.WriteUInt16BigEndian(target, type);
        BinaryPrimitives.WriteUInt32BigEndian(target[4..], StunRequest.MagicCookie);
        transactionId.CopyTo(target[8..]);
        return StunRequest.HeaderLength;
    }

    private static Span<byte> Attribute(Span<byte> target, ref int at, StunAttribute type, int length)
    {
        var padded = (length + 3) & ~3;
        BinaryPrimitives.WriteUInt16BigEndian(target[at..], (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(target[(at + 2)..], (ushort)length);
        var value = target.Slice(at + 4, padded);
        value.Clear();
        at += 4 + padded;
        return value[..length];
    }

    private static void WriteErrorCode(Span<byte> target, ref int at, int code, string reason)
    {
        var value = Attribute(target, ref at, StunAttribute.ErrorCode, 4 + reason.Length);
        value[2] = (byte)(code / 100);
        value[3] = (byte)(code % 100);
        Encoding.ASCII.GetBytes(reason, value[4..]);
    }

    private static int End(Span<byte> target, int at, ReadOnlySpan<byte> password)
    {
        // Both sums are over the message as it would be if they ended it.
        SetLength(target, at + 24);
        var signed = target[..at];
        HMACSHA1.HashData(password, signed, Attribute(target, ref at, StunAttribute.MessageIntegrity, HMACSHA1.HashSizeInBytes));
        SetLength(target, at + 8);
        var crc = Crc32.Of(target[..at]) ^ StunRequest.FingerprintMask;
        BinaryPrimitives.WriteUInt32BigEndian(Attribute(target, ref at, StunAttribute.Fingerprint, 4), crc);
        return at;
    }

    private static void SetLength(Span<byte> target, int end) =>
        BinaryPrimitives.WriteUInt16BigEndian(target[2..], (ushort)(end - StunRequest.HeaderLength));
}
