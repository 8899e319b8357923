using System.Globalization;
using Npgsql;

namespace SanaLive.Sessions.Durability;

/// <summary>One session's rows in the hands of one owner.</summary>
internal sealed class PostgresStoredSession(PostgresSessionStore store, NpgsqlDataSource database, string id, long epoch) : IStoredSession
{
    private byte[] _chain = [];

    public long Epoch => epoch;

    public string Folder => Path.Combine(store.Folder, id);

    public Task<JournalContents> ReadJournalAsync(CancellationToken cancellation) => OwnedAsync(async connection =>
    {
        await using var heading = Command(connection, "SELECT header, header_epoch FROM sanalive_sessions WHERE id = $1", id);
        byte[] header;
        long headerEpoch;
        await using (var rows = await heading.ExecuteReaderAsync(cancellation))
        {
            if (!await rows.ReadAsync(cancellation)) throw new StoreException($"There is no session {id}.");
            (header, headerEpoch) = (rows.GetFieldValue<byte[]>(0), rows.GetInt64(1));
        }

        if (header.Length == 0) return new JournalContents([]);
        using var file = new MemoryStream();
        file.Write(header);
        await using var command = Command(connection, "SELECT record FROM sanalive_journal WHERE session = $1 ORDER BY sequence", id);
        await using (var rows = await command.ExecuteReaderAsync(cancellation))
        {
            while (await rows.ReadAsync(cancellation)) file.Write(rows.GetFieldValue<byte[]>(0));
        }

        file.SetLength(file.Length + JournalFormat.Chunk - file.Length % JournalFormat.Chunk);
        return JournalFormat.Read(file.ToArray(), id, headerEpoch);
    });

    public Task AppendAsync(IReadOnlyList<JournalRecord> records, bool flush) => OwnedAsync(async connection =>
    {
        if (_chain.Length == 0) throw new IOException("The journal must be written anew: the last write to it failed.");
        // Whatever goes wrong half way, nothing is added behind it.
        var chain = (byte[])_chain.Clone();
        _chain = [];
        if (!flush) await Command(connection, "SET LOCAL synchronous_commit TO off").ExecuteNonQueryAsync();
        await InsertAsync(connection, records, chain);
        return chain;
    }, chain => _chain = chain);

    public Task RewriteAsync(IReadOnlyList<JournalRecord> records) => OwnedAsync(async connection =>
    {
        _chain = [];
        var header = JournalFormat.Header(id, epoch);
        var chain = JournalFormat.HashOf(header);
        await Command(connection, "DELETE FROM sanalive_journal WHERE session = $1", id).ExecuteNonQueryAsync();
        await Command(connection, "UPDATE sanalive_sessions SET header = $2, header_epoch = $3 WHERE id = $1", id, header, epoch).ExecuteNonQueryAsync();
        await InsertAsync(connection, records, chain);
        return chain;
    }, chain => _chain = chain);

    public async Task<SnapshotName> SaveAsync(Snapshot snapshot)
    {
        var (file, bytes, hash) = await Task.Run(() =>
        {
            DurableFiles.CreateFolder(Folder);
            var (written, itsHash) = SnapshotFile.Write(snapshot);
            var name = string.Create(CultureInfo.InvariantCulture, $"{snapshot.Block:D12}-{epoch}-{snapshot.Sequence}-{itsHash[..8]}.snapshot");
            // Nobody reads a file that no row and no journal names: an older owner's is only in the way until it is pruned.
            DurableFiles.Write(Path.Combine(Folder, name), written);
            return (name, written, itsHash);
        });
        await OwnedAsync(connection =>
            Command(connection, "INSERT INTO sanalive_snapshots (session, file) VALUES ($1, $2) ON CONFLICT DO NOTHING", id, file).ExecuteNonQueryAsync());
        return new SnapshotName(file, snapshot.Block, snapshot.Sequence, bytes.Length, hash);
    }

    public Task<Snapshot> LoadAsync(SnapshotName name, CancellationToken cancellation) => Task.Run(
        () =>
        {
            try
            {
                return SnapshotFile.Read(File.ReadAllBytes(Path.Combine(Folder, Path.GetFileName(name.File))), name);
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                throw new StoreException($"The snapshot {name.File} is not there any more.", e);
            }
        },
        cancellation);

    public async Task PruneAsync(IReadOnlyCollection<SnapshotName> keep)
    {
        var names = keep.Select(name => name.File).ToArray();
        await OwnedAsync(connection =>
            Command(connection, "DELETE FROM sanalive_snapshots WHERE session = $1 AND file <> ALL ($2)", id, names).ExecuteNonQueryAsync());
        await Task.Run(() =>
        {
            // Who froze after the transaction and wakes up an owner later must not touch what that owner has written.
            foreach (var file in Directory.EnumerateFiles(Folder))
                if (EpochOf(file) <= epoch && !names.Contains(Path.GetFileName(file))) File.Delete(file);
        });
    }

    private static long EpochOf(string file) =>
        Path.GetFileName(file).Split('-') is [_, var owner, ..] && long.TryParse(owner, CultureInfo.InvariantCulture, out var number) ? number : 0;

    public async Task DeleteAsync()
    {
        await OwnedAsync(connection => Command(connection, "DELETE FROM sanalive_sessions WHERE id = $1", id).ExecuteNonQueryAsync());
        if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
    }

    public ValueTask DisposeAsync() => default;

    private async Task InsertAsync(NpgsqlConnection connection, IReadOnlyList<JournalRecord> records, byte[] chain)
    {
        if (records.Count == 0) return;
        await using var batch = new NpgsqlBatch(connection);
        foreach (var record in records)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand("INSERT INTO sanalive_journal (session, sequence, record) VALUES ($1, $2, $3)")
            {
                Parameters = { new() { Value = id }, new() { Value = record.Sequence }, new() { Value = JournalFormat.Record(record, chain) } },
            });
        }

        await batch.ExecuteNonQueryAsync();
    }

    /// <summary>In one transaction, with the session's row held and its epoch looked at: whoever takes the session over waits for the end of it.</summary>
    /// <param name="work">What is done.</param>
    /// <param name="committed">Told the result when it is there to stay.</param>
    private Task<T> OwnedAsync<T>(Func<NpgsqlConnection, Task<T>> work, Action<T>? committed = null) => PostgresSessionStore.AskAsync(async () =>
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        if (await Command(connection, "SELECT epoch FROM sanalive_sessions WHERE id = $1 FOR UPDATE", id).ExecuteScalarAsync() is not long owner || owner != epoch)
            throw new FencedException(id, epoch);
        var result = await work(connection);
        await transaction.CommitAsync();
        committed?.Invoke(result);
        return result;
    });

    private static NpgsqlCommand Command(NpgsqlConnection connection, string text, params object[] values)
    {
        var command = new NpgsqlCommand(text, connection);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        return command;
    }
}
