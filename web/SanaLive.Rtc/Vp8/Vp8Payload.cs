namespace SanaLive.Rtc.Vp8;

/// <summary>How a VP8 frame is cut into RTP payloads (RFC 7741): each a descriptor and a run of the frame's bytes.</summary>
internal static class Vp8Payload
{
    /// <summary>Flags, extension flags, and a picture id of 15 bits.</summary>
    public const int DescriptorLength = 4;

    private const byte Extended = 0x80;
    private const byte StartOfPartition = 0x10;
    private const byte HasPictureId = 0x80;
    private const byte LongPictureId = 0x80;

    /// <summary>How many packets a frame takes and how many of its bytes go into each: equal shares, the last one shorter.</summary>
    /// <param name="frameLength">Bytes of the frame, at least 1.</param>
    /// <param name="room">Bytes of the frame that fit into one packet.</param>
    public static (int Count, int Share) Split(int frameLength, int room)
    {
        var count = (frameLength + room - 1) / room;
        return (count, (frameLength + count - 1) / count);
    }

    public static void WriteDescriptor(Span<byte> target, bool first, ushort pictureId)
    {
        // Every frame is one partition here: only its first packet starts it.
        target[0] = first ? (byte)(Extended | StartOfPartition) : Extended;
        target[1] = HasPictureId;
        target[2] = (byte)(LongPictureId | (pictureId >> 8 & 0x7F));
        target[3] = (byte)pictureId;
    }
}
