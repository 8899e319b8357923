namespace SanaLive.Sessions.Durability;

/// <summary>
/// Where sessions survive their process. A store knows bytes and owners: what they mean is the business of <see cref="SessionKeeper"/> and
/// <see cref="SessionRestore"/>. What cannot be written throws <see cref="IOException"/>.
/// </summary>
public interface ISessionStore : IAsyncDisposable
{
    /// <summary>For operators: the folder or the database.</summary>
    string Place { get; }

    /// <summary>The ids of all sessions that are kept.</summary>
    Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellation);

    Task<bool> HasAsync(string id, CancellationToken cancellation);

    /// <summary>A place for a new session, at epoch 1.</summary>
    Task<IStoredSession> CreateAsync(string id, CancellationToken cancellation);

    /// <summary>Takes a session over: whoever owned it before can write no more.</summary>
    /// <exception cref="StoreException">There is no such session.</exception>
    Task<IStoredSession> OpenAsync(string id, CancellationToken cancellation);
}
