namespace SanaLive.Sessions.Tests.Durability;

/// <summary>Runs with a PostgreSQL of its own (Debian: postgresql); reported as skipped where none is installed.</summary>
internal sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute()
    {
        if (PostgresServer.Programs is null) Skip = "postgresql is not installed (apt-get install postgresql; ./sanalive test installs it).";
    }
}
