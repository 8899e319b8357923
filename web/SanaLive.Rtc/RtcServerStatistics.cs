namespace SanaLive.Rtc;

/// <summary>What came in on the UDP port since the start. Everything but <see cref="Received"/> and <see cref="Viewers"/> was dropped.</summary>
public sealed record RtcServerStatistics
{
    /// <summary>Viewers that are not closed.</summary>
    public int Viewers { get; init; }

    public long Received { get; init; }

    /// <summary>Not STUN, DTLS or RTCP, or broken in its framing.</summary>
    public long Malformed { get; init; }

    /// <summary>Binding requests with an unknown user name or a wrong message integrity, and RTCP that fails authentication or replays.</summary>
    public long Unauthenticated { get; init; }

    /// <summary>DTLS or RTCP from an address that never sent an authenticated binding request.</summary>
    public long UnknownSender { get; init; }

    /// <summary>Binding requests from other machines under <see cref="RtcOptions.ThisMachineOnly"/>.</summary>
    public long FromElsewhere { get; init; }

    /// <summary>Datagrams whose handling threw: a bug here, logged each time.</summary>
    public long Failed { get; init; }
}
