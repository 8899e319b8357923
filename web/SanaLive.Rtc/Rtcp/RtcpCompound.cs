using System.Buffers.Binary;

namespace SanaLive.Rtc.Rtcp;

/// <summary>Walks over the packets of a decrypted RTCP datagram (compound, or reduced-size as RFC 5506 allows).</summary>
internal ref struct RtcpCompound(ReadOnlySpan<byte> datagram)
{
    private const int HeaderLength = 4;
    private const int PaddingBit = 0x20;

    private ReadOnlySpan<byte> rest = datagram;

    public RtcpPacket Current { get; private set; }

    /// <summary>Whether the walk ended because what follows is not RTCP.</summary>
    public bool Broken { get; private set; }

    public bool MoveNext()
    {
        if (rest.IsEmpty) return false;
        if (rest.Length < HeaderLength || rest[0] >> 6 != 2) return Break();
        var length = HeaderLength * (1 + BinaryPrimitives.ReadUInt16BigEndian(rest[2..]));
        if (length > rest.Length) return Break();
        var body = rest[HeaderLength..length];
        if ((rest[0] & PaddingBit) != 0)
        {
            // The last byte counts the padding, itself included.
            if (body.IsEmpty || body[^1] == 0 || body[^1] > body.Length) return Break();
            body = body[..^body[^1]];
        }

        Current = new RtcpPacket((RtcpType)rest[1], rest[0] & 0x1F, body);
        rest = rest[length..];
        return true;
    }

    private bool Break()
    {
        Broken = true;
        return false;
    }
}
