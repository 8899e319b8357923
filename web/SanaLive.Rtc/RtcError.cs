namespace SanaLive.Rtc;

/// <summary>What an <see cref="RtcException"/> is about.</summary>
public enum RtcError
{
    /// <summary>Another program has the UDP port.</summary>
    PortInUse,

    /// <summary>The listening address is not one of this machine's, or may not be bound.</summary>
    CannotListen,

    /// <summary>OpenSSL 3 (libssl.so.3, libcrypto.so.3) is not installed, or refused to set up DTLS.</summary>
    OpenSslMissing,

    /// <summary>Too many viewers, or too many that have not finished connecting.</summary>
    TooManyViewers,

    /// <summary>The server has been stopped.</summary>
    Stopped,
}
