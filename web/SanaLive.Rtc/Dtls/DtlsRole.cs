namespace SanaLive.Rtc.Dtls;

/// <summary>The side of a handshake. The endpoint is always the server; tests play the viewer with the client.</summary>
internal enum DtlsRole
{
    Server,
    Client,
}
