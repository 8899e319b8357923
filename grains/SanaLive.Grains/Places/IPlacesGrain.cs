namespace SanaLive.Grains.Places;

/// <summary>
/// All places of the cluster and the line for them: one grain. It knows what the silos report, so it can be lost at any time: a second later the
/// next one knows the same. The order of the line alone is kept in the store.
/// </summary>
[Alias("sanalive.places")]
public interface IPlacesGrain : IGrainWithIntegerKey
{
    /// <summary>What a silo has now.</summary>
    Task<LineView> ReportAsync(SiloReport report);

    /// <summary>A silo that has left the cluster offers nothing any more.</summary>
    Task ForgetAsync(SiloAddress silo);

    /// <summary>The silo with the most free places; the one with the shortest line when there is none.</summary>
    /// <param name="among">Silos that may be picked.</param>
    /// <returns>Null when none of them has reported engines.</returns>
    Task<SiloAddress?> PickAsync(SiloAddress[] among);

    /// <summary>The newest report of every silo.</summary>
    Task<SiloReport[]> ReportsAsync();
}
