namespace SanaLive.Rtc;

/// <summary>Why a viewer's connection ended.</summary>
public enum ViewerCloseReason
{
    /// <summary><see cref="RtcViewer.Close"/> was called on this side.</summary>
    ClosedByServer,

    /// <summary>The peer said goodbye: a DTLS close or an RTCP BYE.</summary>
    ClosedByPeer,

    /// <summary>No authenticated binding request for <see cref="RtcOptions.ConsentTimeout"/>, though the peer still sends other packets.</summary>
    ConsentExpired,

    /// <summary>Nothing authentic for <see cref="RtcOptions.SilenceTimeout"/>: a crashed tab or a lost network.</summary>
    Silent,

    /// <summary>The connection was not up within <see cref="RtcOptions.ConnectTimeout"/> of the offer.</summary>
    ConnectTimeout,

    /// <summary>The DTLS handshake failed: no common SRTP profile, a broken message.</summary>
    HandshakeFailed,

    /// <summary>The certificate in the handshake is not the one whose fingerprint is in the offer.</summary>
    CertificateMismatch,

    /// <summary>The server is shutting down.</summary>
    ServerStopped,
}
