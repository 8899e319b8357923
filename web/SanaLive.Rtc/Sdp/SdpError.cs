namespace SanaLive.Rtc.Sdp;

/// <summary>Why an offer cannot be answered.</summary>
public enum SdpError
{
    /// <summary>Not a session description, or longer than 64 KB.</summary>
    Malformed,

    /// <summary>No usable video section.</summary>
    NoVideo,

    /// <summary>The video section is there to send to us, or is inactive.</summary>
    NotReceiving,

    /// <summary>The video section has no VP8, the only codec that is sent.</summary>
    NoCommonCodec,

    /// <summary>Not RTP over DTLS with RTCP on the same port.</summary>
    UnsupportedTransport,

    /// <summary>No ICE user name fragment or password.</summary>
    NoIceCredentials,

    /// <summary>No SHA-256 fingerprint of the peer's certificate.</summary>
    NoFingerprint,

    /// <summary>No <c>a=setup</c> under which the peer may be the DTLS client.</summary>
    NoDtlsSetup,
}
