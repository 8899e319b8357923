using SanaLive.Runtime.Engine;
using SanaLive.Sessions;

namespace SanaLive.Web.Hosting;

/// <summary>What the requests are served from, and whether it is there yet.</summary>
public sealed class Backend(TimeProvider time)
{
    private readonly long started = time.GetTimestamp();
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile OpenSessionHost? host;
    private volatile string reason = "The server is starting: the video's socket is not bound yet.";

    /// <summary>Another one each time that a server is started: who is connected in two ways sees that both lead to the same process.</summary>
    public string Instance { get; } = Guid.NewGuid().ToString("N");

    /// <summary>Since the server was put together.</summary>
    public TimeSpan Uptime => time.GetElapsedTime(started);

    /// <summary>Completes when the server is ready.</summary>
    public Task Ready => ready.Task;

    public bool IsReady => host is not null;

    /// <summary>Why the server is not ready, in a sentence; null once it is.</summary>
    public string? Reason => IsReady ? null : reason;

    /// <exception cref="InvalidOperationException">The server is not ready.</exception>
    public ISessionHost Sessions => Host.Sessions;

    /// <summary>Each once, the one of new sessions first.</summary>
    /// <exception cref="InvalidOperationException">The server is not ready.</exception>
    public IReadOnlyList<ModelCard> Models => Host.Models;

    /// <summary>Where sessions survive the server; null: nowhere, or the server is not ready.</summary>
    public string? Kept => host?.Kept;

    private OpenSessionHost Host => host ?? throw new InvalidOperationException(reason);

    public void Waits(string sentence) => reason = sentence;

    public void Serves(OpenSessionHost opened)
    {
        host = opened;
        ready.TrySetResult();
    }
}
