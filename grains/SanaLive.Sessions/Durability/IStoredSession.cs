namespace SanaLive.Sessions.Durability;

/// <summary>
/// One session's place in a store, in the hands of one owner. One call at a time. Every write of an owner who has been followed by
/// another is refused with a <see cref="FencedException"/>.
/// </summary>
public interface IStoredSession : IAsyncDisposable
{
    /// <summary>Counts the owners; blocks carry it, so that viewers drop what an older owner still sends.</summary>
    long Epoch { get; }

    /// <summary>A folder for what is large and may be lost, such as the recording; it goes with the session. Null: there is none.</summary>
    string? Folder => null;

    /// <summary>What the owner before left; empty for a new session. To be read before anything is written.</summary>
    Task<JournalContents> ReadJournalAsync(CancellationToken cancellation);

    /// <summary>Adds to the journal. It survives the process when this returns, and the machine with <paramref name="flush"/>.</summary>
    Task AppendAsync(IReadOnlyList<JournalRecord> records, bool flush);

    /// <summary>Puts another journal in the old one's place, flushed: all of it or nothing.</summary>
    Task RewriteAsync(IReadOnlyList<JournalRecord> records);

    /// <summary>Writes a snapshot, flushed. It counts from when the journal names it.</summary>
    Task<SnapshotName> SaveAsync(Snapshot snapshot);

    /// <exception cref="StoreException">Missing, damaged, cut short, or not what the name says.</exception>
    Task<Snapshot> LoadAsync(SnapshotName name, CancellationToken cancellation);

    /// <summary>Deletes all snapshots but these.</summary>
    Task PruneAsync(IReadOnlyCollection<SnapshotName> keep);

    /// <summary>Deletes the session and all that was kept of it.</summary>
    Task DeleteAsync();
}
