using SanaLive.Runtime.Engine;
using SanaLive.Sessions;
using SanaLive.Sessions.Durability;

namespace SanaLive.Web.Hosting;

/// <summary>A session host at work, and the engines behind it. Owned by whoever opened it.</summary>
public sealed record OpenSessionHost(
    ISessionHost Sessions, IReadOnlyList<IEngine> Engines, IDisposable? Encoder = null, ISessionStore? Store = null) : IAsyncDisposable
{
    private static readonly TimeSpan EnginePatience = TimeSpan.FromSeconds(3);

    /// <summary>Ends the sessions first, then what they run on.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Sessions is IAsyncDisposable sessions) await sessions.DisposeAsync();
        if (Store is not null) await Store.DisposeAsync();
        Encoder?.Dispose();
        // An engine that hangs does not end either: the server does, and its threads with it.
        var ended = Task.WhenAll(Engines.Select(engine => engine.DisposeAsync().AsTask()));
        if (await Task.WhenAny(ended, Task.Delay(EnginePatience)) == ended) await ended;
    }
}
