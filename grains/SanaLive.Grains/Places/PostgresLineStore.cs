using Npgsql;

namespace SanaLive.Grains.Places;

/// <summary>The line in the database of the sessions.</summary>
public sealed class PostgresLineStore : ILineStore, IAsyncDisposable
{
    private readonly NpgsqlDataSource _database;

    private PostgresLineStore(NpgsqlDataSource database) => _database = database;

    /// <summary>Makes the table if need be.</summary>
    /// <exception cref="IOException">The database does not answer or refuses.</exception>
    public static async Task<PostgresLineStore> OpenAsync(string connection, CancellationToken cancellation)
    {
        var database = NpgsqlDataSource.Create(connection);
        try
        {
            await using var command = database.CreateCommand(
                "SELECT pg_advisory_xact_lock(6001); CREATE TABLE IF NOT EXISTS sanalive_line (session text PRIMARY KEY, turn bigint GENERATED ALWAYS AS IDENTITY)");
            await command.ExecuteNonQueryAsync(cancellation);
            return new PostgresLineStore(database);
        }
        catch (NpgsqlException e)
        {
            await database.DisposeAsync();
            throw new IOException($"The database for the line cannot be used: {e.Message}", e);
        }
    }

    public async Task<IReadOnlyDictionary<string, long>> ReadAsync(CancellationToken cancellation)
    {
        await using var command = _database.CreateCommand("SELECT session, turn FROM sanalive_line");
        await using var rows = await command.ExecuteReaderAsync(cancellation);
        var turns = new Dictionary<string, long>();
        while (await rows.ReadAsync(cancellation)) turns[rows.GetString(0)] = rows.GetInt64(1);
        return turns;
    }

    public async Task<long> AddAsync(string session)
    {
        // Written although it is there, so that its turn is told in any case.
        await using var command = _database.CreateCommand(
            "INSERT INTO sanalive_line (session) VALUES ($1) ON CONFLICT (session) DO UPDATE SET session = excluded.session RETURNING turn");
        command.Parameters.Add(new() { Value = session });
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public async Task RemoveAsync(string session)
    {
        await using var command = _database.CreateCommand("DELETE FROM sanalive_line WHERE session = $1");
        command.Parameters.Add(new() { Value = session });
        await command.ExecuteNonQueryAsync();
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();
}
