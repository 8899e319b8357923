using Microsoft.Extensions.Logging.Abstractions;

namespace SanaLive.Rtc.Tests.Viewing;

/// <summary>Servers and viewers over loopback, and a clock that the test moves.</summary>
public abstract class LoopbackTest : IAsyncLifetime
{
    protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly List<TestViewer> peers = [];

    internal ManualTimeProvider Time { get; } = new();

    /// <summary>All that were started, in order.</summary>
    protected List<RtcServer> Servers { get; } = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var peer in peers) await peer.DisposeAsync();
        foreach (var server in Servers) await server.DisposeAsync();
    }

    /// <summary>Waits for something that the receive loop does; fails rather than waits for ever.</summary>
    protected static async Task Until(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    protected RtcServer StartServer(RtcOptions? options = null)
    {
        var server = RtcServer.Start(options ?? new RtcOptions(), NullLogger<RtcServer>.Instance, Time);
        Servers.Add(server);
        return server;
    }

    private protected TestViewer NewPeer(string profiles = "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80")
    {
        var peer = new TestViewer(profiles);
        peers.Add(peer);
        return peer;
    }

    private protected async Task<(RtcViewer Viewer, TestViewer Peer)> ConnectAsync(string profiles = "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80", bool rtx = true)
    {
        var peer = NewPeer(profiles);
        var viewer = StartServer().Accept(peer.Offer(rtx));
        await peer.ConnectAsync(viewer.AnswerSdp);
        Assert.True(await viewer.Connected.WaitAsync(Patience));
        return (viewer, peer);
    }
}
