namespace SanaLive.Grains.Places;

/// <summary>Where the order of the cluster's line survives the silo that knows it.</summary>
public interface ILineStore
{
    /// <summary>The turns that were given, by session.</summary>
    Task<IReadOnlyDictionary<string, long>> ReadAsync(CancellationToken cancellation);

    /// <summary>Gives a session the next turn, or tells the one that it has.</summary>
    Task<long> AddAsync(string session);

    Task RemoveAsync(string session);
}
