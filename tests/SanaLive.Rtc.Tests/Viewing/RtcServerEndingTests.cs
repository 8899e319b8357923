namespace SanaLive.Rtc.Tests.Viewing;

/// <summary>How a viewer ends, whoever ends it.</summary>
public sealed class RtcServerEndingTests : LoopbackTest
{
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
        Assert.Null(Servers[0].Find(viewer.Id));
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
        Time.Advance(TimeSpan.FromSeconds(11));
        await peer.BindAsync();
        Time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal(ViewerState.Connected, viewer.State);

        Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(ViewerCloseReason.Silent, await viewer.Closed.WaitAsync(Patience));
        Assert.Equal(0, Servers[0].Statistics.Viewers);
    }

    [Fact]
    public async Task Consent_ViewerThatIsHeardButNeverAsks_ExpiresAfterTheTimeout()
    {
        var (viewer, peer) = await ConnectAsync();
        for (var heard = 1; heard <= 3; heard++)
        {
            Time.Advance(TimeSpan.FromSeconds(9.5));
            await peer.SendRtcpAsync("80c90001" + "00000001" + "81ce0002" + "00000001" + "MEDIA");
            await Until(() => viewer.Statistics.KeyframeRequests == heard);
        }

        Assert.Equal(ViewerState.Connected, viewer.State);
        Time.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(ViewerCloseReason.ConsentExpired, await viewer.Closed.WaitAsync(Patience));
    }

    [Fact]
    public async Task ConnectTimeout_ViewerThatNeverComes_IsForgotten()
    {
        var server = StartServer();
        var viewer = server.Accept(NewPeer().Offer());
        Time.Advance(TimeSpan.FromSeconds(21));

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
    public async Task DisposeAsync_ConnectedViewer_IsToldAndClosed()
    {
        var (viewer, peer) = await ConnectAsync();
        await Servers[0].DisposeAsync();

        await peer.ClosedByServer;
        Assert.Equal(ViewerCloseReason.ServerStopped, await viewer.Closed.WaitAsync(Patience));
    }
}
