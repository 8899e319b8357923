using System.Net;
using SanaLive.Rtc.Sdp;

namespace SanaLive.Rtc.Tests.Viewing;

/// <summary>What a server takes, where it listens, and how many there is room for.</summary>
public sealed class RtcServerAcceptTests : LoopbackTest
{
    [Fact]
    public void Accept_TooManyHalfOpen_IsRefusedUntilTheyAreForgotten()
    {
        var server = StartServer(new RtcOptions { MaxHalfOpenViewers = 3 });
        var offer = NewPeer().Offer();
        for (var i = 0; i < 3; i++) server.Accept(offer);

        Assert.Equal(RtcError.TooManyViewers, Assert.Throws<RtcException>(() => server.Accept(offer)).Error);
        Time.Advance(TimeSpan.FromSeconds(21));
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

    private static string Line(string sdp, string name) => sdp.Split("\r\n").First(line => line.StartsWith(name, StringComparison.Ordinal));
}
