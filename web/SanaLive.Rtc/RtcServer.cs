using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using SanaLive.Rtc.Dtls;
using SanaLive.Rtc.Sdp;

namespace SanaLive.Rtc;

/// <summary>
/// A send-only WebRTC endpoint: every viewer on one UDP port (ICE-lite, DTLS 1.2, SRTP, VP8 over RTP with retransmission).
/// The signalling (WHEP) is the caller's.
/// </summary>
public sealed class RtcServer : IAsyncDisposable
{
    private static readonly TimeSpan UpkeepInterval = TimeSpan.FromMilliseconds(50);

    private readonly RtcOptions options;
    private readonly ILogger logger;
    private readonly TimeProvider time;
    private readonly RtcSocket socket;
    private readonly DtlsContext dtls;
    private readonly DtlsCertificate certificate;
    private readonly ConcurrentDictionary<string, (RtcViewer Viewer, ViewerConnection Connection)> viewers = new();
    private readonly DatagramRouter router;
    private readonly CancellationTokenSource stopping = new();
    private readonly Lock gate = new();
    private readonly ITimer upkeep;
    private readonly Task receiving;
    private bool stopped;

    private RtcServer(RtcOptions options, RtcSocket socket, DtlsCertificate certificate, DtlsContext dtls, ILogger logger, TimeProvider time)
    {
        this.options = options;
        this.socket = socket;
        this.certificate = certificate;
        this.dtls = dtls;
        this.logger = logger;
        this.time = time;
        AdvertisedEndPoints = AdvertisedAddresses.Choose(options, socket.LocalEndPoint);
        router = new DatagramRouter(socket, options.ThisMachineOnly, logger, time);
        upkeep = time.CreateTimer(_ => Upkeep(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Log.Listening(logger, socket.LocalEndPoint, string.Join(", ", AdvertisedEndPoints) + (options.ThisMachineOnly ? ", to this machine only" : ""));
        if (options.LossForTests > 0) Log.LossIsOn(logger, 100 * options.LossForTests);
        receiving = router.ReceiveAsync(stopping.Token);
    }

    /// <summary>The bound socket's address and port.</summary>
    public IPEndPoint LocalEndPoint => socket.LocalEndPoint;

    /// <summary>The addresses that answers name, with their port.</summary>
    public IReadOnlyList<IPEndPoint> AdvertisedEndPoints { get; }

    public RtcServerStatistics Statistics => router.Statistics with { Viewers = viewers.Count };

    /// <summary>For tests that play another machine.</summary>
    internal DatagramRouter Router => router;

    /// <summary>Binds the socket, makes the certificate and begins to listen.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="RtcException">The port is in use, the address cannot be bound, or OpenSSL 3 is missing.</exception>
    public static RtcServer Start(RtcOptions options, ILogger<RtcServer> logger, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(logger);
        options.Validate();
        time ??= TimeProvider.System;
        var certificate = DtlsCertificate.Create(time.GetUtcNow());
        var dtls = DtlsContext.Create(certificate);
        try
        {
            return new RtcServer(options, RtcSocket.Bind(options, logger), certificate, dtls, logger, time);
        }
        catch
        {
            dtls.Dispose();
            throw;
        }
    }

    /// <summary>Answers a viewer's offer. The viewer connects on its own from here on; it is dropped if it never does.</summary>
    /// <exception cref="SdpException">The offer cannot be answered; the error says why.</exception>
    /// <exception cref="RtcException">Too many viewers, or the server has been stopped.</exception>
    public RtcViewer Accept(string offerSdp)
    {
        ArgumentNullException.ThrowIfNull(offerSdp);
        var offer = OfferReader.Read(offerSdp);
        lock (gate)
        {
            RequireRoom();
            var connection = new ViewerConnection(NewId(), offer, options, socket, dtls, time, logger);
            var viewer = new RtcViewer(connection, Answer(offer, connection));
            connection.Ended += Forget;
            viewers[connection.Id] = (viewer, connection);
            router.Add(connection);
            upkeep.Change(UpkeepInterval, UpkeepInterval);
            Log.Accepted(logger, connection.Tag);
            return viewer;
        }
    }

    /// <summary>The viewer with this id, or null when there is none (any more).</summary>
    public RtcViewer? Find(string viewerId) => viewers.TryGetValue(viewerId, out var found) ? found.Viewer : null;

    /// <summary>Says goodbye to every viewer and closes the socket.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            if (stopped) return;
            stopped = true;
        }

        foreach (var (_, connection) in viewers.Values) connection.Close(ViewerCloseReason.ServerStopped);
        await upkeep.DisposeAsync();
        await stopping.CancelAsync();
        await receiving;
        socket.Dispose();
        dtls.Dispose();
        stopping.Dispose();
    }

    /// <summary>128 random bits.</summary>
    private static string NewId() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16));

    private void RequireRoom()
    {
        if (stopped) throw new RtcException(RtcError.Stopped, "The WebRTC endpoint has been stopped.");
        if (viewers.Count >= options.MaxViewers)
            throw new RtcException(RtcError.TooManyViewers, $"All {options.MaxViewers} places for viewers are taken; try again later.");
        if (viewers.Values.Count(entry => entry.Connection.State < ViewerState.Connected) >= options.MaxHalfOpenViewers)
            throw new RtcException(RtcError.TooManyViewers, $"{options.MaxHalfOpenViewers} viewers are connecting already; try again in a moment.");
    }

    private string Answer(Offer offer, ViewerConnection connection) => AnswerWriter.Write(offer, new AnswerFacts
    {
        // Positive in 64 bits, because some parsers read it as signed.
        SessionId = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) >> 2,
        IceUserFragment = connection.Credentials.UserFragment,
        IcePassword = connection.Credentials.Password,
        Fingerprint = certificate.Fingerprint,
        MediaSsrc = connection.MediaSsrc,
        RtxSsrc = connection.RtxSsrc,
        CanonicalName = connection.CanonicalName,
        EndPoints = AdvertisedEndPoints,
    });

    private void Forget(ViewerConnection connection)
    {
        router.Remove(connection);
        viewers.TryRemove(connection.Id, out _);
    }

    private void Upkeep()
    {
        foreach (var (_, connection) in viewers.Values)
        {
            try
            {
                connection.Upkeep();
            }
            catch (Exception error)
            {
                // One viewer's trouble must not end the timer that all depend on.
                Log.UpkeepFailed(logger, connection.Tag, error);
            }
        }

        lock (gate)
        {
            if (viewers.IsEmpty && !stopped) upkeep.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}
