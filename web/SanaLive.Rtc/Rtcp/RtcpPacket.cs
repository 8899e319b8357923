namespace SanaLive.Rtc.Rtcp;

/// <summary>One packet of a compound.</summary>
/// <param name="type">What it is; may be none of the known ones.</param>
/// <param name="count">The five bits of the first byte: a number of reports, or the feedback message type.</param>
/// <param name="body">Everything after the four header bytes, without padding.</param>
internal readonly ref struct RtcpPacket(RtcpType type, int count, ReadOnlySpan<byte> body)
{
    /// <summary>Feedback message type of <see cref="RtcpType.TransportFeedback"/>: lost packets (RFC 4585, 6.2.1).</summary>
    public const int Nack = 1;

    /// <summary>Feedback message type of <see cref="RtcpType.TransportFeedback"/>: transport-wide congestion control.</summary>
    public const int TransportWide = 15;

    /// <summary>Feedback message type of <see cref="RtcpType.PayloadFeedback"/>: picture loss (RFC 4585, 6.3.1).</summary>
    public const int PictureLoss = 1;

    /// <summary>Feedback message type of <see cref="RtcpType.PayloadFeedback"/>: full intra request (RFC 5104, 4.3.1).</summary>
    public const int FullIntra = 4;

    /// <summary>Sender and media SSRC before the items of a feedback packet.</summary>
    public const int FeedbackHeaderLength = 8;

    public RtcpType Type { get; } = type;

    public int Count { get; } = count;

    public ReadOnlySpan<byte> Body { get; } = body;
}
