using System.Buffers.Binary;
using SanaLive.Rtc.Sdp;

namespace SanaLive.Rtc.Rtp;

/// <summary>
/// The header of every packet of one viewer: the fixed 12 bytes and the header extensions of its offer (RFC 8285,
/// one-byte form), laid out once and filled in per packet.
/// </summary>
internal sealed class RtpHeader
{
    private const int FixedLength = 12;
    private const byte VersionAndExtension = 0x90;
    private const byte VersionOnly = 0x80;
    private const byte MarkerBit = 0x80;

    private readonly byte[] template;
    private readonly int transportCcAt;
    private readonly int sendTimeAt;

    public RtpHeader(ExtensionIds ids)
    {
        var elements = new List<byte>();
        if (ids.TransportCc is { } transportCc)
        {
            transportCcAt = FixedLength + 5 + elements.Count;
            elements.AddRange([(byte)(transportCc << 4 | 1), 0, 0]);
        }

        // Minimum and maximum 0: show each frame as soon as it is there.
        if (ids.PlayoutDelay is { } playoutDelay) elements.AddRange([(byte)(playoutDelay << 4 | 2), 0, 0, 0]);
        if (ids.AbsoluteSendTime is { } sendTime)
        {
            sendTimeAt = FixedLength + 5 + elements.Count;
            elements.AddRange([(byte)(sendTime << 4 | 2), 0, 0, 0]);
        }

        if (elements.Count == 0)
        {
            template = new byte[FixedLength];
            template[0] = VersionOnly;
            return;
        }

        while (elements.Count % 4 != 0) elements.Add(0);
        template = [VersionAndExtension, .. new byte[FixedLength - 1], 0xBE, 0xDE, 0, (byte)(elements.Count / 4), .. elements];
    }

    public int Length => template.Length;

    /// <summary>Whether packets carry a transport-wide sequence number.</summary>
    public bool NumbersTransport => transportCcAt != 0;

    public void Write(Span<byte> target, byte payloadType, bool marker, ushort sequence, uint timestamp, uint ssrc, in PacketStamp stamp)
    {
        template.CopyTo(target);
        target[1] = marker ? (byte)(payloadType | MarkerBit) : payloadType;
        BinaryPrimitives.WriteUInt16BigEndian(target[2..], sequence);
        BinaryPrimitives.WriteUInt32BigEndian(target[4..], timestamp);
        BinaryPrimitives.WriteUInt32BigEndian(target[8..], ssrc);
        if (transportCcAt != 0) BinaryPrimitives.WriteUInt16BigEndian(target[transportCcAt..], stamp.TransportSequence);
        if (sendTimeAt == 0) return;
        target[sendTimeAt] = (byte)(stamp.SendTime >> 16);
        target[sendTimeAt + 1] = (byte)(stamp.SendTime >> 8);
        target[sendTimeAt + 2] = (byte)stamp.SendTime;
    }
}
