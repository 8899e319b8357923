using SanaLive.Rtc.Srtp;

namespace SanaLive.Rtc.Tests.Viewing;

/// <summary>What a connected viewer is sent, and what it sends back.</summary>
public sealed class RtcServerTests : LoopbackTest
{
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
        Time.Advance(TimeSpan.FromMilliseconds(5));
        Assert.Equal(All / 2, viewer.Statistics.Packets);
        Time.Advance(TimeSpan.FromMilliseconds(10));
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

        Time.Advance(TimeSpan.FromMilliseconds(950));
        Time.Advance(TimeSpan.FromMilliseconds(50));
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
        Time.Advance(TimeSpan.FromMilliseconds(300));
        var middle = Convert.ToHexString(report.AsSpan(10, 4));

        // Of the 300 ms the viewer held the report for 250 (0x4000 / 65,536 s).
        await peer.SendRtcpAsync("81c90007" + "00000001" + "MEDIA" + "00000000" + "00000000" + "00000000" + middle + "00004000" + "81ce0002" + "00000001" + "MEDIA");
        await Until(() => viewer.Statistics.KeyframeRequests == 1);

        Assert.InRange(viewer.Statistics.RoundTrip!.Value.TotalMilliseconds, 49.9, 50.1);
    }

    private static uint ReadUInt32(byte[] bytes, int at) => System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at));
}
