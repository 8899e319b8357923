using System.Collections.Concurrent;

namespace SanaLive.Grains.Places;

/// <summary>The line of a cluster of one silo, which has nothing to survive.</summary>
public sealed class MemoryLineStore : ILineStore
{
    private readonly ConcurrentDictionary<string, long> _turns = new();
    private long _last;

    public Task<IReadOnlyDictionary<string, long>> ReadAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyDictionary<string, long>>(new Dictionary<string, long>(_turns));

    public Task<long> AddAsync(string session) => Task.FromResult(_turns.GetOrAdd(session, _ => Interlocked.Increment(ref _last)));

    public Task RemoveAsync(string session)
    {
        _turns.TryRemove(session, out _);
        return Task.CompletedTask;
    }
}
