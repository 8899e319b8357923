using Orleans.Concurrency;
using Orleans.Placement;
using SanaLive.Grains.Placement;
using SanaLive.Sessions;
using SanaLive.Sessions.Durability;
using SanaLive.Sessions.Engines;

namespace SanaLive.Grains.Silos;

/// <inheritdoc cref="ISiloGrain"/>
[SiloPlacement]
[Immovable]
[Reentrant]
public sealed class SiloGrain(SiloSessions silo, ISessionStore store) : Grain, ISiloGrain
{
    public async Task<SessionView[]> ListAsync() => [.. await silo.Host.ListAsync(default)];

    public async Task<string[]> KeptAsync() => [.. await store.ListAsync(default)];

    public async Task<EngineView[]> EnginesAsync() => [.. await silo.Host.EnginesAsync(default)];

    public Task MoveAwayAsync(string session, SiloAddress to) => Task.Run(() => silo.MoveAwayAsync(session, to, default));

    public async Task<EngineView> DrainAsync(string engine)
    {
        var engines = await silo.Host.EnginesAsync(default);
        if (engines.Any(one => one.Name != engine && one.State == EngineState.Serving)) return await silo.Host.DrainAsync(engine, default);
        var known = engines.FirstOrDefault(one => one.Name == engine) ?? throw new SessionException(SessionError.NotFound, $"There is no engine '{engine}' on this silo.");
        silo.DrainAll(true);
        return known with { State = EngineState.Draining };
    }

    public async Task<EngineView> ServeAsync(string engine)
    {
        silo.DrainAll(false);
        return await silo.Host.ServeAsync(engine, default);
    }
}
