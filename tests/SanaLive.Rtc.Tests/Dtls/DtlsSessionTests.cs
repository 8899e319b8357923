using SanaLive.Rtc.Dtls;

namespace SanaLive.Rtc.Tests.Dtls;

public sealed class DtlsSessionTests : IDisposable
{
    private const int GcmFirst = 0x0007;
    private const int CounterModeOnly = 0x0001;

    private readonly DtlsCertificate serverCertificate = DtlsCertificate.Create(DateTimeOffset.UtcNow);
    private readonly DtlsCertificate clientCertificate = DtlsCertificate.Create(DateTimeOffset.UtcNow);
    private readonly DtlsContext serverContext;
    private readonly Queue<byte[]> toServer = new();
    private readonly Queue<byte[]> toClient = new();
    private readonly DtlsSession server;

    public DtlsSessionTests()
    {
        serverContext = DtlsContext.Create(serverCertificate);
        server = new DtlsSession(serverContext, 1200, datagram => toClient.Enqueue(datagram.ToArray()));
    }

    public void Dispose()
    {
        server.Dispose();
        serverContext.Dispose();
    }

    [Theory]
    [InlineData("SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80", GcmFirst)]
    [InlineData("SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_128_GCM", GcmFirst)]
    [InlineData("SRTP_AES128_CM_SHA1_80", CounterModeOnly)]
    public void Handshake_ClientsProfiles_BothSidesHaveTheSameKeys(string profiles, int expected)
    {
        using var context = DtlsContext.Create(clientCertificate, DtlsRole.Client, profiles);
        using var client = NewClient(context);

        Assert.Equal((DtlsOutcome.Established, DtlsOutcome.Established), Exchange(client));

        Assert.Equal(expected, server.SelectedSrtpProfile());
        Assert.Equal(expected, client.SelectedSrtpProfile());
        var (serverKeys, clientKeys) = (new byte[56], new byte[56]);
        server.ExportKeys(serverKeys);
        client.ExportKeys(clientKeys);
        Assert.Equal(serverKeys, clientKeys);
        Assert.NotEqual(new byte[56], serverKeys);
    }

    [Fact]
    public void PeerFingerprint_AfterTheHandshake_IsTheOneOfTheCertificate()
    {
        using var context = DtlsContext.Create(clientCertificate, DtlsRole.Client);
        using var client = NewClient(context);
        Exchange(client);

        Assert.Equal(clientCertificate.Fingerprint, Colons(server.PeerFingerprint()!));
        Assert.Equal(serverCertificate.Fingerprint, Colons(client.PeerFingerprint()!));
    }

    [Fact]
    public void Receive_ClientWithoutCommonProfile_LeavesNoProfile()
    {
        using var context = DtlsContext.Create(clientCertificate, DtlsRole.Client, "SRTP_AES128_CM_SHA1_32");
        using var client = NewClient(context);
        Exchange(client);

        Assert.Equal(0, server.SelectedSrtpProfile());
    }

    [Fact]
    public void Receive_GarbageBetweenFlights_DoesNoHarm()
    {
        using var context = DtlsContext.Create(clientCertificate, DtlsRole.Client);
        using var client = NewClient(context);
        var random = new Random(5);

        var outcome = Exchange(client, beforeEach: () =>
        {
            for (var length = 0; length < 60; length += 7)
            {
                var garbage = new byte[length];
                random.NextBytes(garbage);
                if (length > 0) garbage[0] = (byte)random.Next(20, 64);
                server.Receive(garbage);
            }
        });

        Assert.Equal((DtlsOutcome.Established, DtlsOutcome.Established), outcome);
    }

    /// <summary>A client whose timer ran out just before the answer came sends its hello again, together with its next flight.</summary>
    [Fact]
    public void Receive_RepeatedHelloTogetherWithTheNextFlight_TakesBoth()
    {
        using var context = DtlsContext.Create(clientCertificate, DtlsRole.Client);
        using var client = NewClient(context);
        client.Start();
        var hello = toServer.Dequeue();
        server.Receive(hello);
        while (toClient.TryDequeue(out var datagram)) client.Receive(datagram);

        Assert.Equal(DtlsOutcome.Established, server.Receive([.. hello, .. toServer.Dequeue()]));
    }

    [Fact]
    public void Datagrams_OfTheServer_FitIntoTheMtu()
    {
        using var small = new DtlsSession(serverContext, 576, datagram =>
        {
            Assert.InRange(datagram.Length, 1, 576);
            toClient.Enqueue(datagram.ToArray());
        });
        using var context = DtlsContext.Create(clientCertificate, DtlsRole.Client);
        using var client = NewClient(context);
        client.Start();
        while (toServer.TryDequeue(out var datagram)) small.Receive(datagram);

        Assert.True(toClient.Count > 1);
    }

    [Fact]
    public void Shutdown_OfThePeer_IsSeen()
    {
        using var context = DtlsContext.Create(clientCertificate, DtlsRole.Client);
        using var client = NewClient(context);
        Exchange(client);

        client.Shutdown();

        Assert.Equal(DtlsOutcome.ClosedByPeer, server.Receive(toServer.Dequeue()));
    }

    [Fact]
    public void Receive_AfterTheHandshake_IgnoresForgedRecords()
    {
        using var context = DtlsContext.Create(clientCertificate, DtlsRole.Client);
        using var client = NewClient(context);
        Exchange(client);
        client.Shutdown();
        var alert = toServer.Dequeue();
        alert[^1] ^= 1;

        Assert.Equal(DtlsOutcome.Established, server.Receive(alert));
    }

    private static string Colons(byte[] fingerprint) => BitConverter.ToString(fingerprint).Replace('-', ':');

    private DtlsSession NewClient(DtlsContext context) => new(context, 1200, datagram => toServer.Enqueue(datagram.ToArray()));

    private (DtlsOutcome Server, DtlsOutcome Client) Exchange(DtlsSession client, Action? beforeEach = null)
    {
        var (atServer, atClient) = (DtlsOutcome.InProgress, client.Start());
        while (toServer.Count + toClient.Count > 0)
        {
            beforeEach?.Invoke();
            if (toServer.TryDequeue(out var up)) atServer = server.Receive(up);
            if (toClient.TryDequeue(out var down)) atClient = client.Receive(down);
        }

        return (atServer, atClient);
    }
}
