using System.Collections.Concurrent;
using System.Net;
using SanaLive.Rtc;
using SanaLive.Rtc.Sdp;
using SanaLive.Web.Whep;

namespace SanaLive.Web.Tests.Fakes;

/// <summary>Accepts offers that say <c>m=video</c> and <c>VP8</c>, and leaves connecting to the test.</summary>
internal sealed class FakeViewerEndpoint : IViewerEndpoint
{
    private int count;

    public ConcurrentQueue<FakeViewer> Accepted { get; } = [];

    public Exception? Failure { get; set; }

    public bool Disposed { get; private set; }

    public IReadOnlyList<IPEndPoint> AdvertisedEndPoints => [new(IPAddress.Loopback, 9)];

    public int Port => 9;

    public RtcServerStatistics Statistics => new() { Received = 3 };

    public void Start()
    {
    }

    public IViewer Accept(string offerSdp)
    {
        if (Failure is not null) throw Failure;
        if (!offerSdp.StartsWith("v=0", StringComparison.Ordinal)) throw new SdpException(SdpError.Malformed, "This is no session description.");
        if (!offerSdp.Contains("VP8", StringComparison.Ordinal)) throw new SdpException(SdpError.NoCommonCodec, "Only VP8 is sent, and the offer has none.");
        var viewer = new FakeViewer($"viewer-{Interlocked.Increment(ref count)}");
        Accepted.Enqueue(viewer);
        return viewer;
    }

    public ValueTask DisposeAsync()
    {
        Disposed = true;
        foreach (var viewer in Accepted) viewer.Close();
        return ValueTask.CompletedTask;
    }
}
