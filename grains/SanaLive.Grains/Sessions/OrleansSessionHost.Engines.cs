using SanaLive.Grains.Places;
using SanaLive.Runtime.Engine;
using SanaLive.Sessions;
using SanaLive.Sessions.Engines;

namespace SanaLive.Grains.Sessions;

/// <content>All silos and their engines.</content>
public sealed partial class OrleansSessionHost
{
    /// <summary>How long the first reports of a cluster that is being started are waited for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public async Task<SessionLoad> LoadAsync(CancellationToken cancellation)
    {
        var silos = await ReportsAsync(cancellation);
        return new SessionLoad(
            silos.Sum(one => one.Sessions), silos.Sum(one => one.Active), silos.Sum(one => one.Waiting.Length), silos.Sum(one => one.Places),
            silos.All(one => one.IsFull));
    }

    /// <summary>Those that some silo has, and those that are only kept: they are brought to a silo by this.</summary>
    public async Task<IReadOnlyList<SessionView>> ListAsync(CancellationToken cancellation)
    {
        var silos = await ReportsAsync(cancellation);
        var views = new Dictionary<string, SessionView>();
        foreach (var there in await Task.WhenAll(silos.Select(silo => _calls.AgainAsync(_ => Silo(silo).ListAsync(), cancellation))))
            foreach (var view in there) views[view.Id] = view;
        var kept = silos.Length == 0 ? [] : await _calls.AgainAsync(_ => Silo(silos[0]).KeptAsync(), cancellation);
        foreach (var few in kept.Where(id => !views.ContainsKey(id)).Chunk(8))
            foreach (var view in await Task.WhenAll(few.Select(id => FindAsync(id, cancellation)))) if (view is not null) views[view.Id] = view;
        return [.. views.Values.OrderBy(view => view.Created)];
    }

    public async Task<SessionView> MoveAsync(string id, string engine, CancellationToken cancellation)
    {
        var silos = await ReportsAsync(cancellation);
        var to = Owner(silos, engine, SessionError.Invalid);
        var from = await _calls.AgainAsync(_ => Grain(id).WhereAsync(), cancellation);
        if (from.Equals(to.Silo)) return await _calls.OnceAsync(stop => Grain(id).MoveAsync(engine, stop), cancellation);
        if (to.IsDraining || to.Engines.First(one => one.Name == engine) is not { State: EngineState.Serving })
            throw new SessionException(SessionError.Conflict, $"Engine {engine} takes no sessions now.");
        var view = await GetAsync(id, cancellation);
        if (to.Free == 0 && view.Status is SessionStatus.Streaming)
            throw new SessionException(SessionError.Overloaded, $"Engine {engine} makes {to.Active} streams already and has no place for another. The session goes on where it is.");
        await _calls.AgainAsync(
            async _ =>
            {
                await grains.GetGrain<Silos.ISiloGrain>(from.ToParsableString()).MoveAwayAsync(id, to.Silo);
                return true;
            },
            cancellation);
        view = await GetAsync(id, cancellation);
        var now = await _calls.AgainAsync(_ => Grain(id).WhereAsync(), cancellation);
        return now.Equals(to.Silo) ? view : throw new SessionException(SessionError.Failed, $"Engine {engine} could not take this session, and it goes on elsewhere.");
    }

    public async Task<IReadOnlyList<EngineView>> EnginesAsync(CancellationToken cancellation) =>
        [.. (await ReportsAsync(cancellation)).SelectMany(silo => silo.Engines.Select(engine => silo.IsDraining ? engine with { State = engine.Sessions > 0 ? EngineState.Draining : EngineState.Drained } : engine))];

    public async Task<EngineView> DrainAsync(string engine, CancellationToken cancellation)
    {
        var silos = await ReportsAsync(cancellation);
        var owner = Owner(silos, engine, SessionError.NotFound);
        var others = silos.Where(silo => !silo.IsDraining).SelectMany(silo => silo.Engines).Any(one => one.Name != engine && one.State == EngineState.Serving);
        if (!others) throw new SessionException(SessionError.Conflict, $"No other engine serves: the sessions of {engine} would have nowhere to go. Start another silo first.");
        return await _calls.AgainAsync(_ => Silo(owner).DrainAsync(engine), cancellation);
    }

    public async Task<EngineView> ServeAsync(string engine, CancellationToken cancellation)
    {
        var owner = Owner(await ReportsAsync(cancellation), engine, SessionError.NotFound);
        return await _calls.AgainAsync(_ => Silo(owner).ServeAsync(engine), cancellation);
    }

    /// <summary>Waits until some silo has an engine.</summary>
    /// <returns>The models of all silos, each once, and where the sessions are kept.</returns>
    /// <exception cref="IOException">None has.</exception>
    internal async Task<(IReadOnlyList<ModelCard> Models, string Kept)> ReadyAsync(CancellationToken cancellation)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            var silos = await ReportsAsync(cancellation);
            if (silos.Length > 0) return ([.. silos.Select(silo => silo.Model).DistinctBy(model => model.Fingerprint)], silos[0].Kept);
            if (time.GetElapsedTime(began) > Patience) throw new IOException("The cluster answers, but no silo with engines is in it. Start one: SanaLive.Silo --help.");
            await Task.Delay(timings.Look, time, cancellation);
        }
    }

    private Task<SiloReport[]> ReportsAsync(CancellationToken cancellation) => _calls.AgainAsync(_ => grains.GetGrain<IPlacesGrain>(0).ReportsAsync(), cancellation);

    private async Task<SessionView?> FindAsync(string id, CancellationToken cancellation)
    {
        try
        {
            return await GetAsync(id, cancellation);
        }
        catch (SessionException e) when (e.Error is SessionError.NotFound or SessionError.Failed)
        {
            // It has been closed meanwhile, or what is kept of it is damaged: its silo's log says so.
            return null;
        }
    }

    private static SiloReport Owner(SiloReport[] silos, string engine, SessionError error) =>
        silos.FirstOrDefault(silo => silo.Engines.Any(one => one.Name == engine))
        ?? throw new SessionException(error, $"There is no engine '{engine}'. Engines: {string.Join(", ", silos.SelectMany(silo => silo.Engines).Select(one => one.Name))}.");
}
