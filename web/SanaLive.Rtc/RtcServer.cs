using System.Net;
using Microsoft.Extensions.Logging;
using SanaLive.Rtc.Sdp;

namespace SanaLive.Rtc;

/// <summary>
/// A send-only WebRTC endpoint: every viewer on one UDP port (ICE-lite, DTLS 1.2, SRTP, VP8 over RTP with retransmission).
/// The signalling (WHEP) is the caller's.
/// </summary>
public sealed class RtcServer : IAsyncDisposable
{
    private RtcServer()
    {
    }

    /// <summary>The bound socket's address and port.</summary>
    public IPEndPoint LocalEndPoint => throw new NotImplementedException();

    /// <summary>The addresses that answers name, with their port.</summary>
    public IReadOnlyList<IPEndPoint> AdvertisedEndPoints => throw new NotImplementedException();

    public RtcServerStatistics Statistics => throw new NotImplementedException();

    /// <summary>Binds the socket, makes the certificate and begins to listen.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="RtcException">The port is in use, the address cannot be bound, or OpenSSL 3 is missing.</exception>
    public static RtcServer Start(RtcOptions options, ILogger<RtcServer> logger, TimeProvider? time = null) =>
        throw new NotImplementedException();

    /// <summary>Answers a viewer's offer. The viewer connects on its own from here on; it is dropped if it never does.</summary>
    /// <exception cref="SdpException">The offer cannot be answered; the error says why.</exception>
    /// <exception cref="RtcException">Too many viewers, or the server has been stopped.</exception>
    public RtcViewer Accept(string offerSdp) => throw new NotImplementedException();

    /// <summary>The viewer with this id, or null when there is none (any more).</summary>
    public RtcViewer? Find(string viewerId) => throw new NotImplementedException();

    /// <summary>Says goodbye to every viewer and closes the socket.</summary>
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
