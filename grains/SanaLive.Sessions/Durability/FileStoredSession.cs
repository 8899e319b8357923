using System.Globalization;

namespace SanaLive.Sessions.Durability;

/// <summary>
/// One session's folder in the hands of one owner. All work is done on the thread pool, one call at a time across owners; a snapshot's
/// megabytes alone are written beside the others, because a cue's receipt waits for the journal.
/// </summary>
internal sealed class FileStoredSession(FileSessionStore store, string id, string folder, long epoch, Lock gate) : IStoredSession
{
    private readonly string _claim = Numbered(folder, "claim", epoch);
    private readonly string _path = Numbered(folder, "journal", epoch);
    private FileStream? _journal;
    private byte[] _chain = [];
    private long _end;

    public long Epoch => epoch;

    public string? Folder => folder;

    public static string Numbered(string folder, string kind, long epoch) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{kind}.{epoch}"));

    /// <summary>The highest epoch of such a file; 0 without any.</summary>
    public static long Newest(string folder, string kind) => Directory.EnumerateFiles(folder, kind + ".*").Select(NumberOf).DefaultIfEmpty(0).Max();

    /// <summary>-1 for a file that is none of ours.</summary>
    public static long NumberOf(string path) => long.TryParse(Path.GetExtension(path).AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;

    public Task<JournalContents> ReadJournalAsync(CancellationToken cancellation) => Owned(() =>
    {
        var newest = Newest(folder, "journal");
        return newest == 0 ? new JournalContents([]) : JournalFormat.Read(File.ReadAllBytes(Numbered(folder, "journal", newest)), id, newest);
    });

    public Task AppendAsync(IReadOnlyList<JournalRecord> records, bool flush) => Owned(() =>
    {
        var journal = _journal ?? throw new IOException("The journal must be written anew: the last write to it failed.");
        // Whatever goes wrong half way, nothing is added behind it.
        _journal = null;
        try
        {
            var chain = (byte[])_chain.Clone();
            var bytes = records.SelectMany(record => JournalFormat.Record(record, chain)).ToArray();
            var needed = RoundedUp(_end + bytes.Length);
            if (journal.Length < needed) journal.SetLength(needed);
            journal.Position = _end;
            journal.Write(bytes);
            journal.Flush(flush);
            (_chain, _end) = (chain, _end + bytes.Length);
            _journal = journal;
        }
        finally
        {
            if (_journal is null) journal.Dispose();
        }
    });

    public Task RewriteAsync(IReadOnlyList<JournalRecord> records) => Owned(() =>
    {
        var header = JournalFormat.Header(id, epoch);
        var chain = JournalFormat.HashOf(header);
        var bytes = header.Concat(records.SelectMany(record => JournalFormat.Record(record, chain))).ToArray();
        var whole = new byte[RoundedUp(bytes.Length)];
        bytes.CopyTo(whole, 0);
        _journal?.Dispose();
        _journal = null;
        DurableFiles.Write(_path, whole);
        foreach (var older in Directory.EnumerateFiles(folder, "journal.*").Where(file => NumberOf(file) is var number && number >= 0 && number < epoch))
            File.Delete(older);
        _journal = new FileStream(_path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        (_chain, _end) = (chain, bytes.Length);
    });

    public async Task<SnapshotName> SaveAsync(Snapshot snapshot)
    {
        var name = await Task.Run(() => WriteBeside(snapshot));
        var path = Path.Combine(folder, name.File);
        try
        {
            await Owned(() => DurableFiles.PutInPlace(path));
        }
        catch (FencedException)
        {
            DurableFiles.Discard(path);
            throw;
        }

        return name;
    }

    public Task<Snapshot> LoadAsync(SnapshotName name, CancellationToken cancellation) => Owned(() =>
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(Path.Combine(folder, Path.GetFileName(name.File)));
        }
        catch (FileNotFoundException)
        {
            throw new StoreException($"The snapshot {name.File} is not there any more.");
        }

        return SnapshotFile.Read(bytes, name);
    });

    public Task PruneAsync(IReadOnlyCollection<SnapshotName> keep) => Owned(() =>
    {
        var names = keep.Select(name => name.File).ToHashSet();
        foreach (var file in Directory.EnumerateFiles(folder).Where(file => file.EndsWith(".snapshot", StringComparison.Ordinal) || file.EndsWith(".tmp", StringComparison.Ordinal)))
            if (!names.Contains(Path.GetFileName(file))) File.Delete(file);
    });

    public Task DeleteAsync() => Owned(() =>
    {
        _journal?.Dispose();
        _journal = null;
        store.Discard(id);
    });

    public async ValueTask DisposeAsync()
    {
        if (_journal is { } journal) await journal.DisposeAsync();
        _journal = null;
    }

    private SnapshotName WriteBeside(Snapshot snapshot)
    {
        var (bytes, hash) = SnapshotFile.Write(snapshot);
        var file = string.Create(CultureInfo.InvariantCulture, $"{snapshot.Block:D12}-{epoch}-{snapshot.Sequence}-{hash[..8]}.snapshot");
        if (!File.Exists(_claim)) throw new FencedException(id, epoch);
        try
        {
            DurableFiles.WriteBeside(Path.Combine(folder, file), bytes);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }

        return new SnapshotName(file, snapshot.Block, snapshot.Sequence, bytes.Length, hash);
    }

    /// <summary>There is always room for the zero length that ends a journal.</summary>
    private static long RoundedUp(long bytes) => (bytes + sizeof(int) + JournalFormat.Chunk - 1) / JournalFormat.Chunk * JournalFormat.Chunk;

    private Task Owned(Action work) => Owned(() =>
    {
        work();
        return true;
    });

    private Task<T> Owned<T>(Func<T> work) => Task.Run(() =>
    {
        lock (gate)
        {
            if (!File.Exists(_claim)) throw new FencedException(id, epoch);
            try
            {
                return work();
            }
            catch (UnauthorizedAccessException e)
            {
                throw new IOException(e.Message, e);
            }
        }
    });
}
