using System.Globalization;
using System.Net;

namespace SanaLive.Grains.Clustering;

/// <summary>Where a cluster is found: on this machine, or by a PostgreSQL database that its silos write their addresses to.</summary>
/// <param name="Database">Connection string; null: <paramref name="Gateway"/> on this machine.</param>
/// <param name="Gateway">Of the one silo of a cluster without a database.</param>
/// <param name="Name">Of the cluster: several can share a database.</param>
public sealed record ClusterAddress(string? Database, IPEndPoint? Gateway, string Name)
{
    /// <summary>Of a silo's gateway when nothing else is said.</summary>
    public const int DefaultGatewayPort = 30000;

    /// <param name="text"><c>localhost</c>, <c>localhost:30000</c>, or a connection string such as <c>Host=db;Database=sanalive;Username=sanalive</c>.</param>
    /// <param name="name">Of the cluster.</param>
    /// <exception cref="ArgumentException">It is none of these.</exception>
    public static ClusterAddress Parse(string text, string name = "sanalive")
    {
        if (text.Contains('=', StringComparison.Ordinal)) return new(text, null, name);
        if (text == "localhost") return new(null, new IPEndPoint(IPAddress.Loopback, DefaultGatewayPort), name);
        if (text.Split(':') is ["localhost", var port] && ushort.TryParse(port, CultureInfo.InvariantCulture, out var number) && number > 0)
            return new(null, new IPEndPoint(IPAddress.Loopback, number), name);
        throw new ArgumentException($"--cluster takes localhost, localhost:PORT, or a PostgreSQL connection string (Host=...;Database=...), not '{text}'.");
    }
}
