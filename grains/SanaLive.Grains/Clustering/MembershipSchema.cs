using Npgsql;

namespace SanaLive.Grains.Clustering;

/// <summary>
/// The tables and queries by which Microsoft.Orleans.Clustering.AdoNet keeps a cluster's membership in PostgreSQL. That package looks its
/// queries up in a table of this name, by these keys, with these parameters; all else is ours. Every change of a silo's row turns the version
/// of the table in the same statement, and only if it is the version that the silo has read.
/// </summary>
public static class MembershipSchema
{
    /// <summary>Of the advisory lock under which the schema is made; any number that nobody else uses.</summary>
    private const long LockKey = 0x53414E41434C5553;

    private const string Tables = """
        CREATE TABLE IF NOT EXISTS OrleansQuery (QueryKey text PRIMARY KEY, QueryText text NOT NULL);
        CREATE TABLE IF NOT EXISTS sanalive_cluster (
            deployment text PRIMARY KEY, version integer NOT NULL DEFAULT 0, changed timestamptz NOT NULL DEFAULT now());
        CREATE TABLE IF NOT EXISTS sanalive_silos (
            deployment text NOT NULL REFERENCES sanalive_cluster ON DELETE CASCADE, address text NOT NULL, port integer NOT NULL, generation integer NOT NULL,
            name text NOT NULL, host text NOT NULL, status integer NOT NULL, gateway integer, suspected text, started timestamptz NOT NULL, alive timestamptz NOT NULL,
            PRIMARY KEY (deployment, address, port, generation));
        """;

    private const string Row = "deployment = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation";

    private const string Turned = "UPDATE sanalive_cluster SET version = version + 1, changed = now() WHERE deployment = @DeploymentId AND version = @Version";

    private const string Columns = """
        SELECT c.deployment AS DeploymentId, s.address AS Address, s.port AS Port, s.generation AS Generation, s.name AS SiloName, s.host AS HostName,
            s.status AS Status, s.gateway AS ProxyPort, s.suspected AS SuspectTimes, s.started AS StartTime, s.alive AS IAmAliveTime, c.version AS Version
        FROM sanalive_cluster c LEFT JOIN sanalive_silos s ON s.deployment = c.deployment
        """;

    private static readonly (string Key, string Text)[] Queries =
    [
        ("InsertMembershipVersionKey", """
            WITH added AS (INSERT INTO sanalive_cluster (deployment) VALUES (@DeploymentId) ON CONFLICT DO NOTHING RETURNING 1)
            SELECT count(*) > 0 FROM added;
            """),
        ("InsertMembershipKey", $"""
            WITH turned AS ({Turned} AND NOT EXISTS (SELECT FROM sanalive_silos WHERE {Row}) RETURNING 1),
            added AS (INSERT INTO sanalive_silos (deployment, address, port, generation, name, host, status, gateway, started, alive)
                SELECT @DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime FROM turned RETURNING 1)
            SELECT count(*) > 0 FROM added;
            """),
        ("UpdateMembershipKey", $"""
            WITH turned AS ({Turned} RETURNING 1),
            changed AS (UPDATE sanalive_silos SET status = @Status, suspected = @SuspectTimes, alive = @IAmAliveTime
                WHERE {Row} AND EXISTS (SELECT FROM turned) RETURNING 1)
            SELECT count(*) > 0 FROM changed;
            """),
        ("UpdateIAmAlivetimeKey", $"UPDATE sanalive_silos SET alive = @IAmAliveTime WHERE {Row};"),
        ("MembershipReadRowKey", $"{Columns} AND s.address = @Address AND s.port = @Port AND s.generation = @Generation WHERE c.deployment = @DeploymentId;"),
        ("MembershipReadAllKey", $"{Columns} WHERE c.deployment = @DeploymentId;"),
        ("DeleteMembershipTableEntriesKey", "DELETE FROM sanalive_cluster WHERE deployment = @DeploymentId;"),
        // 3 is an active silo.
        ("CleanupDefunctSiloEntriesKey", "DELETE FROM sanalive_silos WHERE deployment = @DeploymentId AND alive < @IAmAliveTime AND status <> 3;"),
        ("GatewaysQueryKey", """
            SELECT address AS Address, gateway AS ProxyPort, generation AS Generation FROM sanalive_silos
            WHERE deployment = @DeploymentId AND status = @Status AND gateway > 0;
            """),
    ];

    /// <summary>Makes what is not there yet. Any number of silos may do it at the same time.</summary>
    /// <exception cref="IOException">The database does not answer or refuses.</exception>
    public static async Task ApplyAsync(string database, CancellationToken cancellation)
    {
        try
        {
            await using var connection = new NpgsqlConnection(database);
            await connection.OpenAsync(cancellation);
            await using var transaction = await connection.BeginTransactionAsync(cancellation);
            await using (var tables = new NpgsqlCommand($"SELECT pg_advisory_xact_lock({LockKey}); {Tables}", connection)) await tables.ExecuteNonQueryAsync(cancellation);
            foreach (var (key, text) in Queries)
            {
                await using var query = new NpgsqlCommand(
                    "INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES ($1, $2) ON CONFLICT (QueryKey) DO UPDATE SET QueryText = excluded.QueryText", connection);
                query.Parameters.Add(new() { Value = key });
                query.Parameters.Add(new() { Value = text });
                await query.ExecuteNonQueryAsync(cancellation);
            }

            await transaction.CommitAsync(cancellation);
        }
        catch (NpgsqlException e)
        {
            throw new IOException($"The cluster's database cannot be used: {e.Message}", e);
        }
    }
}
