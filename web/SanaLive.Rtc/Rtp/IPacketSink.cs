namespace SanaLive.Rtc.Rtp;

/// <summary>Where finished RTP packets go: encrypted and sent in production, collected in tests.</summary>
internal interface IPacketSink
{
    /// <param name="packet">A buffer with the packet at its start and room for SRTP's tag behind it.</param>
    /// <param name="headerLength">Length of the header with its extensions.</param>
    /// <param name="length">Length of the packet.</param>
    /// <param name="rollover">How often this stream's sequence number has wrapped.</param>
    void SendRtp(Span<byte> packet, int headerLength, int length, uint rollover);
}
