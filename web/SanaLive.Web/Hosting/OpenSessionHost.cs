using SanaLive.Runtime.Engine;
using SanaLive.Sessions;
using SanaLive.Sessions.Durability;

namespace SanaLive.Web.Hosting;

/// <summary>A session host at work, and the engines behind it. Owned by whoever opened it.</summary>
public sealed record OpenSessionHost(
    ISessionHost Sessions, IReadOnlyList<IEngine> Engines, IDisposable? Encoder = null, ISessionStore? Store = null) : IAsyncDisposable
{
    /// <summary>Ends the sessions first, then what they run on.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Sessions is IAsyncDisposable sessions) await sessions.DisposeAsync();
        if (Store is not null) await Store.DisposeAsync();
        Encoder?.Dispose();
        foreach (var engine in Engines) await engine.DisposeAsync();
    }
}
