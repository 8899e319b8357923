namespace SanaLive.Rtc.Rtp;

/// <summary>One media packet: which bytes of which frame. The frame is shared with all viewers and never copied.</summary>
internal struct PacketRecord
{
    /// <summary>The sequence number without its wrap-around; its low 16 bits travel, the next 32 are SRTP's rollover counter.</summary>
    public long Index;

    public ReadOnlyMemory<byte> Frame;

    public int Offset;

    public int Length;

    public uint Timestamp;

    public ushort PictureId;

    /// <summary>The last packet of its frame.</summary>
    public bool Last;

    /// <summary>What its first sending said; a plain repetition must say the same.</summary>
    public PacketStamp Stamp;

    /// <summary>When it was last asked for and sent again, in timestamps of the <see cref="TimeProvider"/>; 0 for never.</summary>
    public long ResentAt;

    public readonly ReadOnlySpan<byte> Bytes => Frame.Span.Slice(Offset, Length);
}
