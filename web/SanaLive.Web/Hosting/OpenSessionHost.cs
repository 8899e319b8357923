using SanaLive.Runtime.Engine;
using SanaLive.Sessions;
using SanaLive.Sessions.Durability;

namespace SanaLive.Web.Hosting;

/// <summary>A session host at work, and what is behind it. Owned by whoever opened it.</summary>
/// <param name="Sessions">The host.</param>
/// <param name="Engines">Those in this process.</param>
/// <param name="Encoder">Disposed of after the sessions.</param>
/// <param name="Store">Where sessions of this process survive it.</param>
public sealed record OpenSessionHost(
    ISessionHost Sessions, IReadOnlyList<IEngine> Engines, IDisposable? Encoder = null, ISessionStore? Store = null) : IAsyncDisposable
{
    private static readonly TimeSpan EnginePatience = TimeSpan.FromSeconds(3);

    /// <summary>What sessions can be made with, each once.</summary>
    public IReadOnlyList<ModelCard> Models { get; init; } = [.. Engines.Select(engine => engine.Model).DistinctBy(card => card.Fingerprint)];

    /// <summary>Where sessions survive the server, for operators; null: nowhere.</summary>
    public string? Kept { get; init; } = Store?.Place;

    /// <summary>To a host outside of this process; null: there is none.</summary>
    public IAsyncDisposable? Connection { get; init; }

    /// <summary>Ends the sessions first, then what they run on.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Sessions is IAsyncDisposable sessions) await sessions.DisposeAsync();
        if (Connection is not null) await Connection.DisposeAsync();
        if (Store is not null) await Store.DisposeAsync();
        Encoder?.Dispose();
        // An engine that hangs does not end either: the server does, and its threads with it.
        var ended = Task.WhenAll(Engines.Select(engine => engine.DisposeAsync().AsTask()));
        if (await Task.WhenAny(ended, Task.Delay(EnginePatience)) == ended) await ended;
    }
}
