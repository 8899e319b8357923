namespace SanaLive.Rtc.Rtcp;

/// <summary>RTCP packet types (RFC 3550, RFC 4585).</summary>
internal enum RtcpType : byte
{
    SenderReport = 200,
    ReceiverReport = 201,
    SourceDescription = 202,
    Bye = 203,
    TransportFeedback = 205,
    PayloadFeedback = 206,
}
