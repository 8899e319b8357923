using System.Net;
using SanaLive.Rtc;
using SanaLive.Web.Hosting;

namespace SanaLive.Web.Whep;

/// <summary>The endpoint of <see cref="SanaLive.Rtc"/>, set up as the operator asked.</summary>
public sealed class RtcEndpoint(ServerOptions options, ILogger<RtcServer> logger, TimeProvider time) : IViewerEndpoint
{
    private RtcServer? server;

    public IReadOnlyList<IPEndPoint> AdvertisedEndPoints => server?.AdvertisedEndPoints ?? [];

    public int Port => server?.LocalEndPoint.Port ?? 0;

    public RtcServerStatistics Statistics => server?.Statistics ?? new();

    public void Start() => server = RtcServer.Start(
        new RtcOptions
        {
            ListenAddress = options.RtcListenAddress,
            ThisMachineOnly = options.RtcThisMachineOnly,
            Port = options.RtcPort ?? options.Port,
            AdvertisedAddresses = options.AdvertisedAddresses,
            AdvertisedPort = options.AdvertisePort,
            MaxViewers = options.MaxViewers,
            LossForTests = options.RtcLoss,
        },
        logger,
        time);

    public IViewer Accept(string offerSdp) => new Viewer(
        (server ?? throw new RtcException(RtcError.Stopped, "The video's socket is not bound yet.")).Accept(offerSdp));

    public ValueTask DisposeAsync() => server?.DisposeAsync() ?? ValueTask.CompletedTask;

    private sealed class Viewer(RtcViewer viewer) : IViewer
    {
        public event Action? KeyframeRequested
        {
            add => viewer.KeyframeRequested += value;
            remove => viewer.KeyframeRequested -= value;
        }

        public string Id => viewer.Id;

        public string AnswerSdp => viewer.AnswerSdp;

        public Task<bool> Connected => viewer.Connected;

        public Task Closed => viewer.Closed;

        public RtcStatistics Statistics => viewer.Statistics;

        public void SendFrame(ReadOnlyMemory<byte> vp8Frame, uint rtpTimestamp, bool isKeyframe) =>
            viewer.SendFrame(vp8Frame, rtpTimestamp, isKeyframe);

        public void Close() => viewer.Close();
    }
}
