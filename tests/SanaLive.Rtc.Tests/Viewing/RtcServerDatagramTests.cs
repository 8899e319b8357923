using System.Net;
using System.Net.Sockets;
using SanaLive.Rtc.Tests.Stun;

namespace SanaLive.Rtc.Tests.Viewing;

/// <summary>Who is listened to: addresses, passwords, replays, garbage.</summary>
public sealed class RtcServerDatagramTests : LoopbackTest
{
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
        var server = Servers[0];
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

        await Until(() => Servers[0].Statistics.Unauthenticated == 1);
        Assert.Equal(1, viewer.Statistics.KeyframeRequests);
    }

    private static string Line(string sdp, string name) => sdp.Split("\r\n").First(line => line.StartsWith(name, StringComparison.Ordinal));
}
