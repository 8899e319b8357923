using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using SanaLive.Rtc.Dtls;
using SanaLive.Rtc.Rtcp;
using SanaLive.Rtc.Rtp;
using SanaLive.Rtc.Sdp;
using SanaLive.Rtc.Srtp;
using SanaLive.Rtc.Stun;

namespace SanaLive.Rtc;

/// <summary>
/// Everything of one viewer behind its public face: ICE-lite, the handshake, the keys, the streams. One lock guards it all,
/// so that the receive loop, the relay that sends frames and the timers can use it at the same time.
/// </summary>
internal sealed class ViewerConnection : IPacketSink
{
    private readonly Lock gate = new();
    private readonly RtcOptions options;
    private readonly RtcSocket socket;
    private readonly DtlsContext dtlsContext;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly Offer offer;
    private readonly RtpSender sender;
    private readonly Pacer pacer;
    private readonly ITimer paceTimer;
    private readonly SenderReports reports;
    private readonly ViewerFeedback feedback;
    private readonly long begun;
    private readonly TaskCompletionSource<bool> connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<ViewerCloseReason> closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DtlsSession? dtls;
    private SrtpSession? srtp;
    private SocketAddress? peer;
    private ViewerState state;
    private long consentAt;
    private long heardAt;
    private bool sawKeyframe;
    private long frames;
    private long bytes;
    private long sendErrors;

    public ViewerConnection(string id, Offer offer, RtcOptions options, RtcSocket socket, DtlsContext dtlsContext, TimeProvider time, ILogger logger)
    {
        Id = id;
        this.offer = offer;
        this.options = options;
        this.socket = socket;
        this.dtlsContext = dtlsContext;
        this.time = time;
        this.logger = logger;
        Credentials = new IceCredentials(offer.IceUserFragment);
        CanonicalName = RandomNumberGenerator.GetHexString(16, lowercase: true);
        sender = new RtpSender(offer, options, StreamNumbers.Random(), this, time);
        pacer = new Pacer(options.PacingWindow);
        reports = new SenderReports(sender, CanonicalName, time);
        feedback = new ViewerFeedback(sender, time);
        paceTimer = time.CreateTimer(_ => Pace(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        begun = time.GetTimestamp();
    }

    /// <summary>Raised under no lock, on the thread pool.</summary>
    public event Action? KeyframeRequested;

    /// <summary>Raised once, when the connection is over.</summary>
    public event Action<ViewerConnection>? Ended;

    public string Id { get; }

    /// <summary>What the log calls it: whoever knows the whole id may send it away.</summary>
    public string Tag => Id[..6];

    public IceCredentials Credentials { get; }

    public string CanonicalName { get; }

    public uint MediaSsrc => sender.MediaSsrc;

    public uint RtxSsrc => sender.RtxSsrc;

    public Task<bool> Connected => connected.Task;

    public Task<ViewerCloseReason> Closed => closed.Task;

    /// <summary>Addresses of authenticated binding requests; only the receive loop touches them.</summary>
    public Queue<SocketAddress> KnownAddresses { get; } = new();

    public ViewerState State
    {
        get
        {
            lock (gate) return state;
        }
    }

    public RtcStatistics Statistics
    {
        get
        {
            lock (gate)
            {
                return feedback.Describe() with
                {
                    Frames = frames,
                    Packets = sender.PacketsSent,
                    Bytes = bytes,
                    Retransmissions = sender.Resent,
                    NacksTooLate = sender.NotFound,
                    SendErrors = sendErrors,
                };
            }
        }
    }

    /// <summary>Answers an authenticated binding request and learns the peer's address from it.</summary>
    public void OnBinding(in StunRequest request, SocketAddress from)
    {
        Span<byte> response = stackalloc byte[StunResponse.MaxLength];
        lock (gate)
        {
            if (state == ViewerState.Closed) return;
            var password = Credentials.PasswordBytes;
            if (request.SaysControlled || request.UnknownAttribute != 0)
            {
                var error = request.SaysControlled
                    ? StunResponse.WriteError(response, request.TransactionId, 487, "Role Conflict", password)
                    : StunResponse.WriteUnknownAttribute(response, request.TransactionId, request.UnknownAttribute, password);
                Send(response[..error], from);
                return;
            }

            consentAt = heardAt = time.GetTimestamp();
            if (peer is null || (request.Nominates && !peer.Equals(from))) MoveTo(from);
            if (state == ViewerState.Waiting)
            {
                // Only now, so that a mere offer costs no OpenSSL session.
                dtls = new DtlsSession(dtlsContext, options.Mtu, datagram => Send(datagram, peer!));
                state = ViewerState.Handshaking;
            }

            Send(response[..StunResponse.WriteSuccess(response, request.TransactionId, from, password)], from);
        }
    }

    public void OnDtls(ReadOnlySpan<byte> datagram)
    {
        var (reason, detail) = (default(ViewerCloseReason?), "");
        lock (gate)
        {
            if (dtls is null || state == ViewerState.Closed) return;
            switch (dtls.Receive(datagram))
            {
                case DtlsOutcome.Established when state == ViewerState.Handshaking: (reason, detail) = Establish(dtls); break;
                case DtlsOutcome.ClosedByPeer: reason = ViewerCloseReason.ClosedByPeer; break;

                // After the handshake a broken record is somebody's garbage, not the end.
                case DtlsOutcome.Failed when state == ViewerState.Handshaking: (reason, detail) = (ViewerCloseReason.HandshakeFailed, dtls.Failure); break;
                default: break;
            }
        }

        if (reason is { } over) Close(over, detail);
    }

    /// <returns>False when the packet is not authentic, or was seen before.</returns>
    public bool OnRtcp(Span<byte> datagram)
    {
        FeedbackOutcome outcome;
        lock (gate)
        {
            if (srtp is null || !srtp.TryUnprotectRtcp(datagram, out var length)) return false;
            heardAt = time.GetTimestamp();
            outcome = feedback.Read(datagram[..length]);
        }

        if (outcome.KeyframeRequested) ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.RaiseKeyframeRequested(), this, preferLocal: false);
        if (outcome.Goodbye) Close(ViewerCloseReason.ClosedByPeer, "(BYE)");
        return true;
    }

    public bool SendFrame(ReadOnlyMemory<byte> frame, uint timestamp, bool isKeyframe)
    {
        if (frame.IsEmpty) throw new ArgumentException("A frame has at least one byte.", nameof(frame));
        lock (gate)
        {
            if (state != ViewerState.Connected || !(sawKeyframe |= isKeyframe)) return false;
            frames++;
            reports.OnFrame(timestamp);
            SendReportWhenDue();
            sender.Add(frame, timestamp);
            sender.SendWaiting(pacer.Begin(sender.Waiting));
            if (sender.Waiting > 0) paceTimer.Change(Pacer.Tick, Timeout.InfiniteTimeSpan);
            return true;
        }
    }

    /// <summary>Timeouts, handshake repetitions, sender reports: call about every 50 ms.</summary>
    public void Upkeep()
    {
        var (reason, detail) = (default(ViewerCloseReason?), "");
        lock (gate)
        {
            var now = time.GetTimestamp();
            switch (state)
            {
                case ViewerState.Waiting or ViewerState.Handshaking when time.GetElapsedTime(begun, now) > options.ConnectTimeout:
                    reason = ViewerCloseReason.ConnectTimeout;
                    break;
                case ViewerState.Handshaking when dtls!.HandleTimeout() == DtlsOutcome.Failed:
                    (reason, detail) = (ViewerCloseReason.HandshakeFailed, dtls.Failure);
                    break;
                case ViewerState.Connected when time.GetElapsedTime(consentAt, now) > options.ConsentTimeout:
                    reason = ViewerCloseReason.ConsentExpired;
                    break;
                case ViewerState.Connected when time.GetElapsedTime(heardAt, now) > options.SilenceTimeout:
                    reason = ViewerCloseReason.Silent;
                    break;
                case ViewerState.Connected:
                    SendReportWhenDue();
                    break;
                default:
                    break;
            }
        }

        if (reason is { } over) Close(over, detail);
    }

    public void Close(ViewerCloseReason reason, string detail = "")
    {
        lock (gate)
        {
            if (state == ViewerState.Closed) return;
            if (state == ViewerState.Connected && reason != ViewerCloseReason.ClosedByPeer)
            {
                SendRtcp(buffer => RtcpWriter.WriteBye(buffer, sender.MediaSsrc, sender.RtxSsrc, reports.CanonicalName));
                dtls!.Shutdown();
            }

            state = ViewerState.Closed;
            paceTimer.Dispose();
            srtp?.Dispose();
            srtp = null;
            dtls?.Dispose();
            dtls = null;
        }

        Log.Closed(logger, Tag, reason, detail);
        connected.TrySetResult(false);
        closed.TrySetResult(reason);
        Ended?.Invoke(this);
    }

    void IPacketSink.SendRtp(Span<byte> packet, int headerLength, int length, uint rollover)
    {
        var protectedLength = srtp!.ProtectRtp(packet, headerLength, length, rollover);
        bytes += protectedLength;
        Send(packet[..protectedLength], peer!);
    }

    private (ViewerCloseReason? Reason, string Detail) Establish(DtlsSession session)
    {
        var fingerprint = session.PeerFingerprint();
        if (fingerprint is null || !offer.Fingerprints.Any(offered => CryptographicOperations.FixedTimeEquals(offered, fingerprint)))
            return (ViewerCloseReason.CertificateMismatch, "");
        srtp = SrtpSession.FromServer(session);
        if (srtp is null) return (ViewerCloseReason.HandshakeFailed, "(no common SRTP profile)");
        state = ViewerState.Connected;
        heardAt = time.GetTimestamp();
        Log.Connected(logger, Tag, Describe(peer!), srtp.Profile.ToString());
        connected.TrySetResult(true);
        return (null, "");
    }

    private void MoveTo(SocketAddress address)
    {
        var moved = peer is not null;
        peer = Copy(address);
        if (moved && state == ViewerState.Connected) Log.Moved(logger, Tag, Describe(peer));
    }

    private void Pace()
    {
        lock (gate)
        {
            if (state != ViewerState.Connected) return;
            sender.SendWaiting(pacer.Next);
            if (sender.Waiting > 0) paceTimer.Change(Pacer.Tick, Timeout.InfiniteTimeSpan);
        }
    }

    private void SendReportWhenDue()
    {
        if (reports.IsDue) SendRtcp(reports.Write);
    }

    private void SendRtcp(RtcpWrite write)
    {
        Span<byte> buffer = stackalloc byte[RtcpWriter.MaxLength + SrtpTransform.MaxOverhead];
        var length = write(buffer);
        Send(buffer[..srtp!.ProtectRtcp(buffer, length)], peer!);
    }

    private void Send(ReadOnlySpan<byte> datagram, SocketAddress to)
    {
        if (!socket.Send(datagram, to)) sendErrors++;
    }

    private void RaiseKeyframeRequested()
    {
        try
        {
            KeyframeRequested?.Invoke();
        }
        catch (Exception error)
        {
            // Somebody else's handler must not take the process down from a pool thread.
            Log.KeyframeHandlerFailed(logger, Tag, error);
        }
    }

    internal static SocketAddress Copy(SocketAddress address)
    {
        var copy = new SocketAddress(address.Family, address.Size);
        address.Buffer.Span[..address.Size].CopyTo(copy.Buffer.Span);
        return copy;
    }

    private static string Describe(SocketAddress address)
    {
        var any = address.Family == System.Net.Sockets.AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any;
        return new IPEndPoint(any, 0).Create(address).ToString() ?? "";
    }

    private delegate int RtcpWrite(Span<byte> target);
}
