using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Threading.Channels;
using SanaLive.Rtc.Dtls;
using SanaLive.Rtc.Srtp;
using SanaLive.Rtc.Tests.Rtp;
using SanaLive.Rtc.Tests.Stun;

namespace SanaLive.Rtc.Tests.Viewing;

/// <summary>A viewer in this process: real sockets, real DTLS, and SRTP taken apart by other code than the one under test where .NET has it.</summary>
internal sealed class TestViewer : IAsyncDisposable
{
    private const int PlainHeader = 12;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string profiles;
    private readonly Channel<CollectingSink.Packet> media = Channel.CreateUnbounded<CollectingSink.Packet>();
    private readonly Channel<byte[]> reports = Channel.CreateUnbounded<byte[]>();
    private readonly Channel<byte[]> stun = Channel.CreateUnbounded<byte[]>();
    private readonly TaskCompletionSource established = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource closedByServer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource stopping = new();
    private readonly DtlsContext context;
    private readonly DtlsCertificate certificate = DtlsCertificate.Create(DateTimeOffset.UtcNow);
    private DtlsSession? dtls;
    private Socket socket = NewSocket();
    private Task pump = Task.CompletedTask;
    private SrtpKeys? serverKeys;
    private SrtpTransform? reportsOut;
    private SrtpTransform? reportsIn;
    private SrtpProfile profile;
    private IPEndPoint server = new(IPAddress.Loopback, 0);
    private uint reportIndex;
    private string fragment = "";
    private string password = "";

    public TestViewer(string profiles = "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80")
    {
        this.profiles = profiles;
        context = DtlsContext.Create(certificate, DtlsRole.Client, profiles);
    }

    public SrtpProfile Profile => profile;

    public uint MediaSsrc { get; private set; }

    public EndPoint LocalEndPoint => socket.LocalEndPoint!;

    public string Offer(bool rtx = true, string? fingerprint = null) => string.Join("\r\n",
        "v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE 0",
        rtx ? "m=video 9 UDP/TLS/RTP/SAVPF 96 97" : "m=video 9 UDP/TLS/RTP/SAVPF 96",
        "c=IN IP4 0.0.0.0", "a=mid:0", "a=recvonly", "a=rtcp-mux", "a=ice-ufrag:viewer", "a=ice-pwd:abcdefghijklmnopqrstuv", "a=setup:actpass",
        $"a=fingerprint:sha-256 {fingerprint ?? certificate.Fingerprint}",
        "a=rtpmap:96 VP8/90000", "a=rtcp-fb:96 nack", "a=rtcp-fb:96 nack pli", "a=rtcp-fb:96 transport-cc",
        rtx ? "a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96" : "a=x",
        "a=extmap:4 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01", "");

    /// <summary>Reads the answer and starts to listen for what the server sends.</summary>
    public void Take(string answer)
    {
        string Value(string name) => answer.Split("\r\n").First(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..];
        fragment = Value("a=ice-ufrag:");
        password = Value("a=ice-pwd:");
        MediaSsrc = uint.Parse(Value("a=ssrc:").Split(' ')[0]);
        var candidate = Value("a=candidate:").Split(' ');
        server = new IPEndPoint(IPAddress.Parse(candidate[4]), int.Parse(candidate[5]));
        pump = PumpAsync(socket);
    }

    /// <summary>A binding request and its answer.</summary>
    public async Task<byte[]> BindAsync(bool nominate = true)
    {
        await SendAsync(StunBuilder.BindingRequest($"{fragment}:viewer", password, nominate));
        return await stun.Reader.ReadAsync().AsTask().WaitAsync(Patience);
    }

    public Task<int> SendAsync(byte[] datagram) => socket.SendToAsync(new ArraySegment<byte>(datagram), SocketFlags.None, server);

    /// <summary>Everything until media may flow.</summary>
    public async Task ConnectAsync(string answer)
    {
        Take(answer);
        await BindAsync();
        StartHandshake();
        await established.Task.WaitAsync(Patience);
    }

    public void StartHandshake()
    {
        dtls = new DtlsSession(context, 1200, datagram => socket.SendTo(datagram, server));
        dtls.Start();
    }

    public void CloseDtls() => dtls!.Shutdown();

    public Task ClosedByServer => closedByServer.Task.WaitAsync(Patience);

    public async Task<CollectingSink.Packet> NextMediaAsync() => await media.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    public async Task<byte[]> NextReportAsync() => await reports.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    public Task<int> SendRtcpAsync(string hex) => SendAsync(ProtectRtcp(hex));

    public byte[] ProtectRtcp(string hex)
    {
        byte[] plain = Convert.FromHexString(hex.Replace("MEDIA", MediaSsrc.ToString("x8"), StringComparison.Ordinal));
        byte[] packet = [.. plain, .. new byte[SrtpTransform.MaxOverhead]];
        return packet[..reportsOut!.ProtectRtcp(packet, plain.Length, reportIndex++)];
    }

    /// <summary>As after a change of network: another local port, the same session.</summary>
    public async Task MoveAsync()
    {
        await StopPumpAsync();
        socket = NewSocket();
        pump = PumpAsync(socket);
    }

    public async ValueTask DisposeAsync()
    {
        await StopPumpAsync();
        stopping.Dispose();
        dtls?.Dispose();
        context.Dispose();
        reportsIn?.Dispose();
        reportsOut?.Dispose();
    }

    private static Socket NewSocket()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private async Task StopPumpAsync()
    {
        // Closing the socket ends its receive.
        socket.Dispose();
        await pump;
    }

    private async Task PumpAsync(Socket from)
    {
        var buffer = new byte[2048];
        while (true)
        {
            try
            {
                var received = await from.ReceiveFromAsync(buffer, SocketFlags.None, server);
                Handle(buffer.AsSpan(0, received.ReceivedBytes));
            }
            catch (Exception closed) when (closed is ObjectDisposedException or SocketException)
            {
                // The test is over; a handshake may have been about to answer.
                return;
            }
        }
    }

    private void Handle(Span<byte> datagram)
    {
        switch (datagram[0])
        {
            case <= 3: stun.Writer.TryWrite(datagram.ToArray()); break;
            case <= 63: OnDtls(datagram); break;
            case var _ when datagram[1] is >= 192 and <= 223:
                if (reportsIn!.TryUnprotectRtcp(datagram, out var length, out _)) reports.Writer.TryWrite(datagram[..length].ToArray());
                break;
            default: media.Writer.TryWrite(Unprotect(datagram.ToArray())); break;
        }
    }

    private void OnDtls(ReadOnlySpan<byte> datagram)
    {
        switch (dtls!.Receive(datagram))
        {
            case DtlsOutcome.Established when serverKeys is null:
                profile = (SrtpProfile)dtls.SelectedSrtpProfile();
                var material = new byte[SrtpKeys.MaterialLength(profile)];
                dtls.ExportKeys(material);
                (var clientKeys, serverKeys) = SrtpKeys.Split(material, profile);
                reportsOut = SrtpTransform.Create(profile, clientKeys, encrypt: true);
                reportsIn = SrtpTransform.Create(profile, serverKeys, encrypt: false);
                established.TrySetResult();
                break;
            case DtlsOutcome.ClosedByPeer: closedByServer.TrySetResult(); break;
            default: break;
        }
    }

    private CollectingSink.Packet Unprotect(byte[] packet)
    {
        var header = PlainHeader + ((packet[0] & 0x10) == 0 ? 0 : 4 + 4 * BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(14)));
        if (profile == SrtpProfile.AeadAes128Gcm)
        {
            var nonce = new byte[12];
            packet.AsSpan(8, 4).CopyTo(nonce.AsSpan(2));
            packet.AsSpan(2, 2).CopyTo(nonce.AsSpan(10));
            var salt = serverKeys!.Derive(SrtpLabel.RtpSalt, 12);
            for (var i = 0; i < 12; i++) nonce[i] ^= salt[i];
            using var gcm = new AesGcm(serverKeys.Derive(SrtpLabel.RtpEncryption, 16), 16);
            gcm.Decrypt(nonce, packet.AsSpan(header..^16), packet.AsSpan(^16), packet.AsSpan(header..^16), packet.AsSpan(0, header));
            return new CollectingSink.Packet(packet[..^16], header, 0);
        }

        var authenticated = packet[..^10].Concat(new byte[4]).ToArray();
        var tag = HMACSHA1.HashData(serverKeys!.Derive(SrtpLabel.RtpAuthentication, 20), authenticated)[..10];
        Assert.Equal(tag, packet[^10..]);

        // Counter mode undoes itself.
        using var counterMode = new CounterModeTransform(serverKeys);
        counterMode.ProtectRtp(packet, header, packet.Length - 10, 0);
        return new CollectingSink.Packet(packet[..^10], header, 0);
    }
}
