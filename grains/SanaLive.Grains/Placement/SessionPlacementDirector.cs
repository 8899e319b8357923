using Microsoft.Extensions.Logging;
using Orleans.Runtime.Placement;
using SanaLive.Grains.Clustering;
using SanaLive.Grains.Places;

namespace SanaLive.Grains.Placement;

/// <summary>Asks <see cref="IPlacesGrain"/> where a session goes, unless whoever calls it knows.</summary>
public sealed partial class SessionPlacementDirector(IGrainFactory grains, ClusterTimings timings, TimeProvider time, ILogger<SessionPlacementDirector> log) : IPlacementDirector
{
    public async Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silos = context.GetCompatibleSilos(target);
        if (IPlacementDirector.GetPlacementHint(target.RequestContextData, silos) is { } hint) return hint;
        try
        {
            var picked = await grains.GetGrain<IPlacesGrain>(0).PickAsync(silos).WaitAsync(timings.Fresh, time);
            if (picked is not null && silos.Contains(picked)) return picked;
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            // While the grain of the places is itself on its way to another silo: a session that went to a full one is moved when there is room.
            LogNobodyKnows(e);
        }

        return silos[Random.Shared.Next(silos.Length)];
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Nobody knows now which silo has room for a session: it goes to any")]
    private partial void LogNobodyKnows(Exception exception);
}
