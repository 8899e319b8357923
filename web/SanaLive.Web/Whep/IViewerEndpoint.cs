using System.Net;
using SanaLive.Rtc;
using SanaLive.Rtc.Sdp;

namespace SanaLive.Web.Whep;

/// <summary>Where viewers connect for the video.</summary>
public interface IViewerEndpoint : IAsyncDisposable
{
    /// <summary>Empty until <see cref="Start"/>.</summary>
    IReadOnlyList<IPEndPoint> AdvertisedEndPoints { get; }

    /// <summary>The bound UDP port; 0 until <see cref="Start"/>.</summary>
    int Port { get; }

    RtcServerStatistics Statistics { get; }

    /// <summary>Binds the socket.</summary>
    /// <exception cref="RtcException">It cannot be bound, in a sentence for the operator.</exception>
    void Start();

    /// <summary>Answers a viewer's offer.</summary>
    /// <exception cref="SdpException">The offer cannot be answered.</exception>
    /// <exception cref="RtcException">Too many viewers, or the endpoint has stopped.</exception>
    IViewer Accept(string offerSdp);
}
