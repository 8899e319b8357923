using Npgsql;

namespace SanaLive.Sessions.Durability;

/// <summary>
/// Sessions in a PostgreSQL database: journals as rows, snapshots as files in a folder that every server of the database sees, each with a
/// row. The session's row is the fence: every write happens in a transaction that holds it and finds its own epoch there.
/// </summary>
public sealed class PostgresSessionStore : ISessionStore
{
    /// <summary>
    /// How long a transaction may stand still: a server that froze in the middle of one holds a session's row until then, and whoever takes
    /// the session over waits for it.
    /// </summary>
    private const string Patience = "-c idle_in_transaction_session_timeout=1000";

    /// <summary>Of the advisory lock that the server at work holds; any number that nobody else uses.</summary>
    private const long LockKey = 0x53414E414C495645;

    private const string Tables = """
        CREATE TABLE IF NOT EXISTS sanalive_sessions (
            id text PRIMARY KEY, epoch bigint NOT NULL, header bytea NOT NULL, header_epoch bigint NOT NULL, created timestamptz NOT NULL DEFAULT now());
        CREATE TABLE IF NOT EXISTS sanalive_journal (
            session text NOT NULL REFERENCES sanalive_sessions ON DELETE CASCADE, sequence bigint NOT NULL, record bytea NOT NULL, PRIMARY KEY (session, sequence));
        CREATE TABLE IF NOT EXISTS sanalive_snapshots (
            session text NOT NULL REFERENCES sanalive_sessions ON DELETE CASCADE, file text NOT NULL, PRIMARY KEY (session, file));
        """;

    private readonly NpgsqlDataSource _database;
    private readonly NpgsqlConnection _owner;

    private PostgresSessionStore(NpgsqlDataSource database, NpgsqlConnection owner, string folder)
    {
        (_database, _owner, Folder) = (database, owner, folder);
        Place = $"the database {owner.Database} on {owner.Host}, snapshots in {folder}";
    }

    public string Place { get; }

    /// <summary>Of the snapshots.</summary>
    internal string Folder { get; }

    /// <summary>Makes tables and folder if need be.</summary>
    /// <param name="connection">For example <c>Host=db;Database=sanalive;Username=sanalive;Password=…</c>.</param>
    /// <param name="folder">For the snapshots.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="shared">Whether other servers that also share may use the database at the same time: each session then has one owner among them.</param>
    /// <exception cref="ArgumentException">The connection string cannot be read.</exception>
    /// <exception cref="IOException">The database does not answer or refuses, or another server keeps its sessions in it.</exception>
    public static async Task<PostgresSessionStore> OpenAsync(string connection, string folder, CancellationToken cancellation, bool shared = false)
    {
        var database = NpgsqlDataSource.Create(Impatient(connection));
        NpgsqlConnection? owner = null;
        try
        {
            DurableFiles.CreateFolder(folder);
            owner = await database.OpenConnectionAsync(cancellation);
            await using var locking = new NpgsqlCommand($"SELECT pg_try_advisory_lock{(shared ? "_shared" : "")}($1)", owner) { Parameters = { new() { Value = LockKey } } };
            if (await locking.ExecuteScalarAsync(cancellation) is not true)
                throw new IOException($"Another server keeps its sessions in the database {owner.Database} on {owner.Host}: stop it, or name another database.");
            // One after the other: PostgreSQL refuses two who make the same table at once.
            await using var tables = new NpgsqlCommand($"BEGIN; SELECT pg_advisory_xact_lock({LockKey + 1}); {Tables} COMMIT;", owner);
            await tables.ExecuteNonQueryAsync(cancellation);
            return new PostgresSessionStore(database, owner, Path.GetFullPath(folder));
        }
        catch (Exception e)
        {
            if (owner is not null) await owner.DisposeAsync();
            await database.DisposeAsync();
            if (e is NpgsqlException) throw new IOException($"The database for the sessions cannot be used: {e.Message}", e);
            throw;
        }
    }

    public Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellation) => AskAsync<IReadOnlyList<string>>(async () =>
    {
        await using var command = _database.CreateCommand("SELECT id FROM sanalive_sessions ORDER BY created, id");
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var ids = new List<string>();
        while (await rows.ReadAsync(cancellation)) ids.Add(rows.GetString(0));
        return ids;
    });

    public Task<bool> HasAsync(string id, CancellationToken cancellation) => AskAsync(async () =>
    {
        await using var command = _database.CreateCommand("SELECT EXISTS (SELECT FROM sanalive_sessions WHERE id = $1)");
        command.Parameters.Add(new() { Value = id });
        return await command.ExecuteScalarAsync(cancellation) is true;
    });

    public Task<IStoredSession> CreateAsync(string id, CancellationToken cancellation) => AskAsync<IStoredSession>(async () =>
    {
        await using var command = _database.CreateCommand("INSERT INTO sanalive_sessions (id, epoch, header, header_epoch) VALUES ($1, 1, '', 0)");
        command.Parameters.Add(new() { Value = id });
        await command.ExecuteNonQueryAsync(cancellation);
        return new PostgresStoredSession(this, _database, id, 1);
    });

    public Task<IStoredSession> OpenAsync(string id, CancellationToken cancellation) => AskAsync<IStoredSession>(async () =>
    {
        await using var command = _database.CreateCommand("UPDATE sanalive_sessions SET epoch = epoch + 1 WHERE id = $1 RETURNING epoch");
        command.Parameters.Add(new() { Value = id });
        return await command.ExecuteScalarAsync(cancellation) is long epoch
            ? new PostgresStoredSession(this, _database, id, epoch)
            : throw new StoreException($"There is no session {id} in {Place}.");
    });

    public async ValueTask DisposeAsync()
    {
        await _owner.DisposeAsync();
        await _database.DisposeAsync();
    }

    private static string Impatient(string connection)
    {
        var settings = new NpgsqlConnectionStringBuilder(connection);
        settings.Options = settings.Options is { Length: > 0 } own ? $"{own} {Patience}" : Patience;
        return settings.ConnectionString;
    }

    /// <summary>Whatever a database answers that is no answer is a store that cannot be written or read now.</summary>
    internal static async Task<T> AskAsync<T>(Func<Task<T>> question)
    {
        try
        {
            return await question();
        }
        catch (NpgsqlException e)
        {
            throw new IOException($"The database did not do it: {e.Message}", e);
        }
    }
}
