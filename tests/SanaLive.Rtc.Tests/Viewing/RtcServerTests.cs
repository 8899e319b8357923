using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using SanaLive.Rtc.Sdp;
using SanaLive.Rtc.Srtp;
using SanaLive.Rtc.Tests.Stun;

namespace SanaLive.Rtc.Tests.Viewing;

/// <summary>The endpoint from offer to goodbye, over loopback.</summary>
public sealed class RtcServerTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ManualTimeProvider time = new();
    private readonly List<RtcServer> servers = [];
    private readonly List<TestViewer> peers = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var peer in peers) await peer.DisposeAsync();
        foreach (var server in servers) await server.DisposeAsync();
    }

    [Theory]
    [InlineData("SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80", SrtpProfile.AeadAes128Gcm)]
    [InlineData("SRTP_AES128_CM_SHA1_80", SrtpProfile.Aes128CmHmacSha1)]
    internal async Task SendFrame_ConnectedViewer_ReceivesIt(string profiles, SrtpProfile expected)
    {
        var (viewer, peer) = await ConnectAsync(profiles: profiles);
        Assert.Equal(ViewerState.Connected, viewer.State);
        Assert.Equal(expected, peer.Profile);

        byte[] frame = [.. Enumerable.Range(0, 5000).Select(i => (byte)i)];
        Assert.True(viewer.SendFrame(frame, 90_000, isKeyframe: true));

        var received = new List<byte>();
        do
        {
            var packet = await peer.NextMediaAsync();
            Assert.Equal((peer.MediaSsrc, 90_000u, 96), (packet.Ssrc, packet.Timestamp, packet.PayloadType));
            received.AddRange(packet.Payload[4..]);
            if (packet.Marker) break;
        }
        while (true);

        Assert.Equal(frame, received);
        Assert.Equal((1, 5), (viewer.Statistics.Frames, viewer.Statistics.Packets));
    }

    [Fact]
    public async Task SendFrame_BeforeConnectedOrBeforeAKeyframe_SendsNothing()
    {
        var server = StartServer();
        var peer = NewPeer();
        var viewer = server.Accept(peer.Offer());
        Assert.False(viewer.SendFrame(new byte[10], 0, isKeyframe: true));

        await peer.ConnectAsync(viewer.AnswerSdp);
        Assert.True(await viewer.Connected.WaitAsync(Patience));
        Assert.False(viewer.SendFrame(new byte[10], 0, isKeyframe: false));
        Assert.True(viewer.SendFrame(new byte[10], 0, isKeyframe: true));
        Assert.True(viewer.SendFrame(new byte[10], 0, isKeyframe: false));
        Assert.Throws<ArgumentException>(() => viewer.SendFrame(default, 0, isKeyframe: true));
    }

    [Fact]
    public async Task SendFrame_BigFrame_IsPaced()
    {
        var (viewer, peer) = await ConnectAsync();
        viewer.SendFrame(new byte[46_000], 0, isKeyframe: true);
        const int All = 40;

        // A quarter at once, and the rest only as time goes on.
        Assert.Equal(All / 4, viewer.Statistics.Packets);
        time.Advance(TimeSpan.FromMilliseconds(5));
        Assert.Equal(All / 2, viewer.Statistics.Packets);
        time.Advance(TimeSpan.FromMilliseconds(10));
        Assert.Equal(All, viewer.Statistics.Packets);
        for (var i = 0; i < All; i++) Assert.Equal(i == All - 1, (await peer.NextMediaAsync()).Marker);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nack_LostPacket_ComesAgain(bool rtx)
    {
        var (viewer, peer) = await ConnectAsync(rtx: rtx);
        viewer.SendFrame(new byte[100], 0, isKeyframe: true);
        var original = await peer.NextMediaAsync();

        await peer.SendRtcpAsync($"81cd0003" + "00000001" + "MEDIA" + $"{original.Sequence:x4}0000");
        var again = await peer.NextMediaAsync();

        if (rtx)
        {
            Assert.Equal(97, again.PayloadType);
            Assert.Equal(original.Payload, again.Payload[2..]);
            Assert.Equal(1, again.TransportSequence(4));
        }
        else
        {
            Assert.Equal(original.Bytes, again.Bytes);
        }

        Assert.Equal((1, 1), (viewer.Statistics.Nacks, viewer.Statistics.Retransmissions));
    }

    [Fact]
    public async Task PictureLoss_RaisesKeyframeRequested_EvenAfterAHandlerThrew()
    {
        var (viewer, peer) = await ConnectAsync();
        var requests = new SemaphoreSlim(0);
        viewer.KeyframeRequested += () =>
        {
            requests.Release();
            throw new InvalidOperationException("a broken handler");
        };

        for (var i = 0; i < 2; i++)
        {
            await peer.SendRtcpAsync("81ce0002" + "00000001" + "MEDIA");
            Assert.True(await requests.WaitAsync(Patience));
        }
    }

    [Fact]
    public async Task SenderReport_ComesWithTheFirstFrameAndEverySecond()
    {
        var (viewer, peer) = await ConnectAsync();
        viewer.SendFrame(new byte[100], 90_000, isKeyframe: true);
        var first = await peer.NextReportAsync();
        Assert.Equal((0x80, 200), (first[0], first[1]));

        time.Advance(TimeSpan.FromMilliseconds(950));
        time.Advance(TimeSpan.FromMilliseconds(50));
        var second = await peer.NextReportAsync();

        // One second later: one second more in NTP time (whole seconds at byte 8) and 90,000 more in RTP time (byte 16).
        Assert.Equal(ReadUInt32(first, 8) + 1, ReadUInt32(second, 8));
        Assert.Equal(90_000u, ReadUInt32(first, 16));
        Assert.Equal(180_000u, ReadUInt32(second, 16));
        Assert.Equal(1u, ReadUInt32(second, 20));
    }

    [Fact]
    public async Task ReceiverReport_AfterASenderReport_GivesTheRoundTrip()
    {
        var (viewer, peer) = await ConnectAsync();
        viewer.SendFrame(new byte[100], 0, isKeyframe: true);
        var report = await peer.NextReportAsync();
        time.Advance(TimeSpan.FromMilliseconds(300));
        var middle = Convert.ToHexString(report.AsSpan(10, 4));

        // Of the 300 ms the viewer held the report for 250 (0x4000 / 65,536 s).
        await peer.SendRtcpAsync("81c90007" + "00000001" + "MEDIA" + "00000000" + "00000000" + "00000000" + middle + "00004000" + "81ce0002" + "00000001" + "MEDIA");
        await Until(() => viewer.Statistics.KeyframeRequests == 1);

        Assert.InRange(viewer.Statistics.RoundTrip!.Value.TotalMilliseconds, 49.9, 50.1);
    }

    [Fact]
    public async Task Close_SaysGoodbyeToTheViewer()
    {
        var (viewer, peer) = await ConnectAsync();
        viewer.Close();

        var bye = await peer.NextReportAsync();
        Assert.Equal(203, bye[^11]);
        await peer.ClosedByServer;
        Assert.Equal(ViewerCloseReason.ClosedByServer, await viewer.Closed.WaitAsync(Patience));
        Assert.False(viewer.SendFrame(new byte[10], 0, isKeyframe: true));
        Assert.Null(servers[0].Find(viewer.Id));
        viewer.Close();
    }

    [Fact]
    public async Task DtlsClose_OfTheViewer_EndsIt()
    {
        var (viewer, peer) = await ConnectAsync();
        peer.CloseDtls();

        Assert.Equal(ViewerCloseReason.ClosedByPeer, await viewer.Closed.WaitAsync(Patience));
    }

    [Fact]
    public async Task Bye_OfTheViewer_EndsIt()
    {
        var (viewer, peer) = await ConnectAsync();
        await peer.SendRtcpAsync("80c90001" + "00000001" + "81cb0001" + "00000001");

        Assert.Equal(ViewerCloseReason.ClosedByPeer, await viewer.Closed.WaitAsync(Patience));
    }

    [Fact]
    public async Task Silence_ViewerThatSendsNothing_IsGoneAfterTheTimeout()
    {
        var (viewer, peer) = await ConnectAsync();
        time.Advance(TimeSpan.FromSeconds(11));
        await peer.BindAsync();
        time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(ViewerState.Connected, viewer.State);

        time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(ViewerCloseReason.Silent, await viewer.Closed.WaitAsync(Patience));
        Assert.Equal(0, servers[0].Statistics.Viewers);
    }

    [Fact]
    public async Task Consent_ViewerThatIsHeardButNeverAsks_ExpiresAfterTheTimeout()
    {
        var (viewer, peer) = await ConnectAsync();
        for (var heard = 1; heard <= 3; heard++)
        {
            time.Advance(TimeSpan.FromSeconds(9.5));
            await peer.SendRtcpAsync("80c90001" + "00000001" + "81ce0002" + "00000001" + "MEDIA");
            await Until(() => viewer.Statistics.KeyframeRequests == heard);
        }

        Assert.Equal(ViewerState.Connected, viewer.State);
        time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(ViewerCloseReason.ConsentExpired, await viewer.Closed.WaitAsync(Patience));
    }

    [Fact]
    public async Task ConnectTimeout_ViewerThatNeverComes_IsForgotten()
    {
        var server = StartServer();
        var viewer = server.Accept(NewPeer().Offer());
        time.Advance(TimeSpan.FromSeconds(21));

        Assert.Equal(ViewerCloseReason.ConnectTimeout, await viewer.Closed.WaitAsync(Patience));
        Assert.False(await viewer.Connected);
        Assert.Equal(ViewerState.Closed, viewer.State);
    }

    [Fact]
    public async Task Handshake_CertificateOfSomebodyElse_IsRefused()
    {
        var server = StartServer();
        var peer = NewPeer();
        var viewer = server.Accept(peer.Offer(fingerprint: string.Join(':', Enumerable.Repeat("AB", 32))));
        peer.Take(viewer.AnswerSdp);
        await peer.BindAsync();
        peer.StartHandshake();

        Assert.Equal(ViewerCloseReason.CertificateMismatch, await viewer.Closed.WaitAsync(Patience));
        Assert.False(await viewer.Connected);
    }

    [Fact]
    public async Task Handshake_NoCommonSrtpProfile_IsRefused()
    {
        var server = StartServer();
        var peer = NewPeer("SRTP_AES128_CM_SHA1_32");
        var viewer = server.Accept(peer.Offer());
        peer.Take(viewer.AnswerSdp);
        await peer.BindAsync();
        peer.StartHandshake();

        Assert.Equal(ViewerCloseReason.HandshakeFailed, await viewer.Closed.WaitAsync(Patience));
    }

    [Fact]
    public async Task Binding_FromANewAddress_MovesTheStream()
    {
        var (viewer, peer) = await ConnectAsync();
        await peer.MoveAsync();
        await peer.BindAsync();
        viewer.SendFrame(new byte[100], 0, isKeyframe: true);

        Assert.True((await peer.NextMediaAsync()).Marker);
    }

    [Fact]
    public async Task Binding_WithoutNomination_LeavesTheStreamWhereItIs()
    {
        var (viewer, peer) = await ConnectAsync();
        var first = peer.LocalEndPoint;
        await peer.MoveAsync();
        await peer.BindAsync(nominate: false);
        using var old = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        old.Bind(first);
        viewer.SendFrame(new byte[100], 0, isKeyframe: true);

        // The sender report that goes before the first frame.
        var buffer = new byte[2000];
        await old.ReceiveAsync(buffer).WaitAsync(Patience);
        Assert.Equal((0x80, 200), (buffer[0], buffer[1]));
    }

    [Fact]
    public async Task Binding_ThisMachineOnly_IsAnsweredToThisMachineAndNoOther()
    {
        var server = StartServer(new RtcOptions { ListenAddress = IPAddress.Any, ThisMachineOnly = true });
        Assert.Equal(IPAddress.Loopback, server.AdvertisedEndPoints[0].Address);
        var peer = NewPeer();
        var viewer = server.Accept(peer.Offer());
        var fragment = Line(viewer.AnswerSdp, "a=ice-ufrag:").Split(':')[1];
        var password = Line(viewer.AnswerSdp, "a=ice-pwd:").Split(':')[1];

        var elsewhere = new IPEndPoint(IPAddress.Parse("203.0.113.5"), 5000).Serialize();
        server.Router.Handle(StunBuilder.BindingRequest($"{fragment}:viewer", password, nominate: true), elsewhere);
        Assert.Equal((1, ViewerState.Waiting), (server.Statistics.FromElsewhere, viewer.State));

        await peer.ConnectAsync(viewer.AnswerSdp);
        Assert.True(await viewer.Connected.WaitAsync(Patience));
        Assert.Equal(1, server.Statistics.FromElsewhere);
    }

    [Theory]
    [InlineData("wrong-password")]
    [InlineData("wrong-username")]
    public async Task Binding_NotAuthentic_IsDroppedWithoutAnAnswer(string what)
    {
        var server = StartServer();
        var peer = NewPeer();
        var viewer = server.Accept(peer.Offer());
        peer.Take(viewer.AnswerSdp);
        var fragment = viewer.AnswerSdp.Split("a=ice-ufrag:")[1].Split("\r\n")[0];
        await peer.SendAsync(what == "wrong-password"
            ? StunBuilder.BindingRequest($"{fragment}:viewer", "wrongwrongwrongwrongwrong")
            : StunBuilder.BindingRequest("nobody:viewer", "wrongwrongwrongwrongwrong"));
        await Until(() => server.Statistics.Unauthenticated == 1);

        // The next answer is the one to the next, right request.
        Assert.Equal(ViewerState.Waiting, viewer.State);
        Assert.Equal(0x01, (await peer.BindAsync())[0]);
        Assert.Equal(ViewerState.Handshaking, viewer.State);
    }

    [Fact]
    public async Task Garbage_OfEveryKind_IsCountedAndHarmless()
    {
        var (viewer, peer) = await ConnectAsync();
        var server = servers[0];
        using var stranger = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var random = new Random(9);
        var before = server.Statistics;
        const int Count = 2000;
        for (var i = 0; i < Count; i++)
        {
            var datagram = new byte[random.Next(0, 200)];
            random.NextBytes(datagram);
            if (i % 2 == 0) await stranger.SendAsync(datagram, server.LocalEndPoint);
            else await peer.SendAsync(datagram);

            // No faster than the loop reads, or the socket would drop some.
            if (i % 50 == 49) await Until(() => server.Statistics.Received >= before.Received + i + 1);
        }

        await Until(() => server.Statistics.Received >= before.Received + Count);
        var after = server.Statistics;
        Assert.Equal(0, after.Failed);
        Assert.True(after.Malformed > before.Malformed);
        Assert.True(after.UnknownSender > before.UnknownSender);
        Assert.Equal(ViewerState.Connected, viewer.State);
        viewer.SendFrame(new byte[10], 0, isKeyframe: true);
        Assert.True((await peer.NextMediaAsync()).Marker);
    }

    [Fact]
    public async Task Rtcp_Replayed_IsRefused()
    {
        var (viewer, peer) = await ConnectAsync();
        var packet = peer.ProtectRtcp("81ce0002" + "00000001" + "MEDIA");
        await peer.SendAsync(packet);
        await peer.SendAsync(packet);

        await Until(() => servers[0].Statistics.Unauthenticated == 1);
        Assert.Equal(1, viewer.Statistics.KeyframeRequests);
    }

    [Fact]
    public void Accept_TooManyHalfOpen_IsRefusedUntilTheyAreForgotten()
    {
        var server = StartServer(new RtcOptions { MaxHalfOpenViewers = 3 });
        var offer = NewPeer().Offer();
        for (var i = 0; i < 3; i++) server.Accept(offer);

        Assert.Equal(RtcError.TooManyViewers, Assert.Throws<RtcException>(() => server.Accept(offer)).Error);
        time.Advance(TimeSpan.FromSeconds(21));
        server.Accept(offer);
    }

    [Fact]
    public void Accept_AllPlacesTaken_IsRefused()
    {
        var server = StartServer(new RtcOptions { MaxViewers = 1 });
        var first = server.Accept(NewPeer().Offer());

        Assert.Equal(RtcError.TooManyViewers, Assert.Throws<RtcException>(() => server.Accept(NewPeer().Offer())).Error);
        first.Close();
        server.Accept(NewPeer().Offer());
    }

    [Fact]
    public void Accept_TwoViewers_HaveNothingInCommon()
    {
        var server = StartServer();
        var offer = NewPeer().Offer();
        var (a, b) = (server.Accept(offer), server.Accept(offer));

        Assert.NotEqual(a.Id, b.Id);
        Assert.Equal(22, a.Id.Length);
        foreach (var name in new[] { "a=ice-ufrag:", "a=ice-pwd:", "a=ssrc-group:" })
            Assert.NotEqual(Line(a.AnswerSdp, name), Line(b.AnswerSdp, name));
        Assert.Same(a, server.Find(a.Id));
        Assert.DoesNotContain(a.Id, a.AnswerSdp, StringComparison.Ordinal);
    }

    [Fact]
    public void Accept_Garbage_IsRefusedAndTakesNoPlace()
    {
        var server = StartServer();

        Assert.Equal(SdpError.Malformed, Assert.Throws<SdpException>(() => server.Accept("hello")).Error);
        Assert.Equal(0, server.Statistics.Viewers);
    }

    [Fact]
    public async Task Accept_AfterTheEnd_IsRefused()
    {
        var server = StartServer();
        await server.DisposeAsync();

        Assert.Equal(RtcError.Stopped, Assert.Throws<RtcException>(() => server.Accept(NewPeer().Offer())).Error);
    }

    [Fact]
    public async Task DisposeAsync_ConnectedViewer_IsToldAndClosed()
    {
        var (viewer, peer) = await ConnectAsync();
        await servers[0].DisposeAsync();

        await peer.ClosedByServer;
        Assert.Equal(ViewerCloseReason.ServerStopped, await viewer.Closed.WaitAsync(Patience));
    }

    [Fact]
    public void Start_PortInUse_SaysSo()
    {
        var first = StartServer();
        var refusal = Assert.Throws<RtcException>(() => StartServer(new RtcOptions { Port = first.LocalEndPoint.Port }));

        Assert.Equal(RtcError.PortInUse, refusal.Error);
        Assert.Contains(first.LocalEndPoint.Port.ToString(), refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_AddressOfAnotherMachine_SaysSo() =>
        Assert.Equal(RtcError.CannotListen, Assert.Throws<RtcException>(() => StartServer(new RtcOptions { ListenAddress = IPAddress.Parse("203.0.113.5") })).Error);

    [Fact]
    public void AdvertisedEndPoints_Loopback_IsLoopback()
    {
        var server = StartServer();

        Assert.Equal([new IPEndPoint(IPAddress.Loopback, server.LocalEndPoint.Port)], server.AdvertisedEndPoints);
    }

    [Fact]
    public void AdvertisedEndPoints_Options_AreTakenAsTheyAre()
    {
        var server = StartServer(new RtcOptions { AdvertisedAddresses = [IPAddress.Parse("203.0.113.5")], AdvertisedPort = 8189 });

        Assert.Contains("a=candidate:1 1 udp 2130706431 203.0.113.5 8189 typ host\r\n", server.Accept(NewPeer().Offer()).AnswerSdp, StringComparison.Ordinal);
    }

    [Fact]
    public void AdvertisedEndPoints_Any_NamesNoWildcard()
    {
        var server = StartServer(new RtcOptions { ListenAddress = IPAddress.Any });

        Assert.NotEmpty(server.AdvertisedEndPoints);
        Assert.DoesNotContain(server.AdvertisedEndPoints, endPoint => endPoint.Address.Equals(IPAddress.Any));
    }

    private static uint ReadUInt32(byte[] bytes, int at) => System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at));

    private static string Line(string sdp, string name) => sdp.Split("\r\n").First(line => line.StartsWith(name, StringComparison.Ordinal));

    /// <summary>Waits for something that the receive loop does; fails rather than waits for ever.</summary>
    private static async Task Until(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private RtcServer StartServer(RtcOptions? options = null)
    {
        var server = RtcServer.Start(options ?? new RtcOptions(), NullLogger<RtcServer>.Instance, time);
        servers.Add(server);
        return server;
    }

    private TestViewer NewPeer(string profiles = "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80")
    {
        var peer = new TestViewer(profiles);
        peers.Add(peer);
        return peer;
    }

    private async Task<(RtcViewer Viewer, TestViewer Peer)> ConnectAsync(string profiles = "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80", bool rtx = true)
    {
        var peer = NewPeer(profiles);
        var viewer = StartServer().Accept(peer.Offer(rtx));
        await peer.ConnectAsync(viewer.AnswerSdp);
        Assert.True(await viewer.Connected.WaitAsync(Patience));
        return (viewer, peer);
    }
}
