using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SanaLive.Rtc.Stun;

/// <summary>A view of a binding request in a datagram. Nothing in it is trusted before <see cref="IsAuthentic"/>.</summary>
internal readonly ref struct StunRequest
{
    public const uint MagicCookie = 0x2112A442;
    public const uint FingerprintMask = 0x5354554E;
    public const int HeaderLength = 20;

    /// <summary>A binding request is about 100 bytes; longer than this is not one.</summary>
    private const int MaxLength = 1024;

    private readonly ReadOnlySpan<byte> message;
    private readonly int integrityAt;

    private StunRequest(ReadOnlySpan<byte> message, ReadOnlySpan<byte> username, int integrityAt, bool nominates, bool controlled, ushort unknown)
    {
        this.message = message;
        this.integrityAt = integrityAt;
        Username = username;
        Nominates = nominates;
        SaysControlled = controlled;
        UnknownAttribute = unknown;
    }

    /// <summary>"our fragment:their fragment".</summary>
    public ReadOnlySpan<byte> Username { get; }

    /// <summary>USE-CANDIDATE: the peer chose this pair of addresses.</summary>
    public bool Nominates { get; }

    /// <summary>ICE-CONTROLLED: the peer believes that we choose, which an ICE-lite side never does.</summary>
    public bool SaysControlled { get; }

    /// <summary>An attribute that has to be understood and is not, or 0.</summary>
    public ushort UnknownAttribute { get; }

    public ReadOnlySpan<byte> TransactionId => message.Slice(8, 12);

    /// <summary>Reads the frame of a binding request: header, attributes, a right FINGERPRINT when there is one.</summary>
    /// <returns>False for anything else, whatever the bytes.</returns>
    public static bool TryRead(ReadOnlySpan<byte> datagram, out StunRequest request)
    {
        request = default;
        if (datagram.Length is < HeaderLength or > MaxLength
            || BinaryPrimitives.ReadUInt16BigEndian(datagram) != 0x0001
            || BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]) != MagicCookie
            || BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]) != datagram.Length - HeaderLength
            || datagram.Length % 4 != 0)
            return false;

        ReadOnlySpan<byte> username = default;
        var (integrityAt, nominates, controlled, unknown) = (0, false, false, (ushort)0);
        for (var at = HeaderLength; at < datagram.Length;)
        {
            if (datagram.Length - at < 4) return false;
            var type = BinaryPrimitives.ReadUInt16BigEndian(datagram[at..]);
            var length = BinaryPrimitives.ReadUInt16BigEndian(datagram[(at + 2)..]);
            if (datagram.Length - at - 4 < length) return false;
            var value = datagram.Slice(at + 4, length);

            if (type == (ushort)StunAttribute.Fingerprint)
            {
                // The last attribute, if it is there: it covers everything before it.
                if (length != 4 || at + 8 != datagram.Length) return false;
                if (BinaryPrimitives.ReadUInt32BigEndian(value) != (Crc32.Of(datagram[..at]) ^ FingerprintMask)) return false;
            }
            else if (integrityAt == 0)
            {
                // What follows MESSAGE-INTEGRITY is not protected by it and is ignored.
                switch ((StunAttribute)type)
                {
                    case StunAttribute.Username: username = value; break;
                    case StunAttribute.UseCandidate: nominates = true; break;
                    case StunAttribute.IceControlled: controlled = true; break;
                    case StunAttribute.Priority: break;
                    case StunAttribute.MessageIntegrity:
                        if (length != HMACSHA1.HashSizeInBytes) return false;
                        integrityAt = at;
                        break;
                    default:
                        if (type < 0x8000 && unknown == 0) unknown = type;
                        break;
                }
            }

            at += 4 + ((length + 3) & ~3);
            if (at > datagram.Length) return false;
        }

        request = new StunRequest(datagram, username, integrityAt, nominates, controlled, unknown);
        return true;
    }

    /// <summary>Whether MESSAGE-INTEGRITY is there and was made with this password.</summary>
    public bool IsAuthentic(ReadOnlySpan<byte> password)
    {
        if (integrityAt == 0) return false;
        Span<byte> signed = stackalloc byte[MaxLength];
        message[..integrityAt].CopyTo(signed);

        // The length field counts up to and including MESSAGE-INTEGRITY, whatever follows it.
        BinaryPrimitives.WriteUInt16BigEndian(signed[2..], (ushort)(integrityAt + 4 + HMACSHA1.HashSizeInBytes - HeaderLength));
        Span<byte> expected = stackalloc byte[HMACSHA1.HashSizeInBytes];
        HMACSHA1.HashData(password, signed[..integrityAt], expected);
        return CryptographicOperations.FixedTimeEquals(expected, message.Slice(integrityAt + 4, HMACSHA1.HashSizeInBytes));
    }
}
