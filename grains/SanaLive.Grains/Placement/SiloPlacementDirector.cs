using Orleans.Runtime.Placement;

namespace SanaLive.Grains.Placement;

/// <inheritdoc cref="SiloPlacement"/>
public sealed class SiloPlacementDirector : IPlacementDirector
{
    public Task<SiloAddress> OnAddActivation(PlacementStrategy strategy, PlacementTarget target, IPlacementContext context)
    {
        var silo = SiloAddress.FromParsableString(target.GrainIdentity.Key.ToString()!);
        return context.GetCompatibleSilos(target).Contains(silo) ? Task.FromResult(silo) : throw new SiloUnavailableException($"Silo {silo} has left the cluster.");
    }
}
