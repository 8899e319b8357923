namespace SanaLive.Rtc.Dtls;

/// <summary>Where a DTLS session stands after a datagram or a timeout.</summary>
internal enum DtlsOutcome
{
    InProgress,
    Established,
    ClosedByPeer,
    Failed,
}
