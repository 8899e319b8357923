using System.Net;
using SanaLive.Grains.Clustering;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Silo;

/// <summary>
/// What an operator may set, on the command line (<see cref="SiloCommandLine"/>), in <c>appsettings.json</c> or in the environment (<c>SanaLive__Cluster</c>).
/// </summary>
public sealed class SiloOptions
{
    public const string Section = "SanaLive";

    /// <summary>Where the cluster is: <c>localhost</c> for one silo on one machine, or the connection string of its PostgreSQL database.</summary>
    public string Cluster { get; set; } = "localhost";

    /// <summary>What people call this silo; its engines' names begin with it.</summary>
    public string Name { get; set; } = Environment.MachineName.ToLowerInvariant();

    /// <summary>The address under which other silos and web servers reach it; null: this machine's first, or loopback with the cluster <c>localhost</c>.</summary>
    public string? Advertise { get; set; }

    /// <summary>TCP port for other silos.</summary>
    public int SiloPort { get; set; } = 11111;

    /// <summary>TCP port for web servers.</summary>
    public int GatewayPort { get; set; } = ClusterAddress.DefaultGatewayPort;

    /// <summary>TCP port of <c>/healthz</c>, <c>/readyz</c> and <c>/drain</c>; 0: any free one.</summary>
    public int HealthPort { get; set; } = 8081;

    /// <summary>Where the health endpoint listens: <c>loopback</c> or <c>any</c>.</summary>
    public string HealthListen { get; set; } = "loopback";

    /// <summary>Connection string of the database that keeps the sessions; null: the cluster's, and with the cluster <c>localhost</c> files.</summary>
    public string? Store { get; set; }

    /// <summary>Folder of the snapshots. All silos of a cluster must see the same.</summary>
    public string? Data { get; set; }

    /// <summary>Whether the silo makes the tables of the cluster's membership if they are not there.</summary>
    public bool ApplySchema { get; set; }

    /// <summary>Folder of the model; null is the embedded world.</summary>
    public string? Model { get; set; }

    /// <summary>Engines in this process, 1 to 64.</summary>
    public int Engines { get; set; } = 1;

    /// <summary>Threads that compute, shared out among the engines; null: as many as there are cores.</summary>
    public int? Threads { get; set; }

    /// <summary><c>fp32</c>, <c>bf16</c> or <c>int8</c>; null: as the model says. Silos of different precisions make different frames.</summary>
    public string? Precision { get; set; }

    public SanaLive.Sessions.SessionOptions Sessions { get; set; } = new();

    public ClusterTimings Timings { get; set; } = new();

    public ClusterAddress Address => ClusterAddress.Parse(Cluster);

    public string? Database => Store ?? Address.Database;

    public Precision? EnginePrecision => Precision is { } name ? Enum.Parse<Precision>(name, ignoreCase: true) : null;

    public IPAddress? AdvertisedAddress => Advertise is null ? Address.Database is null ? IPAddress.Loopback : null : IPAddress.Parse(Advertise);

    /// <summary>One sentence for everything that cannot be right.</summary>
    public IEnumerable<string> Problems()
    {
        string? wrong = null;
        try
        {
            _ = Address;
        }
        catch (ArgumentException e)
        {
            wrong = e.Message;
        }

        if (wrong is not null) yield return wrong;
        if (Name.Length is 0 or > 40 || !Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_'))
            yield return $"--name takes 1 to 40 letters, digits, '-', '.' and '_', not '{Name}'.";
        if (Advertise is not null && !IPAddress.TryParse(Advertise, out _)) yield return $"--advertise takes an IP address that the other silos reach, not '{Advertise}'.";
        foreach (var (option, port) in new[] { ("--silo-port", SiloPort), ("--gateway-port", GatewayPort) })
            if (port is < 1 or > 65535) yield return $"{option} must be 1 to 65535, not {port}.";
        if (HealthPort is < 0 or > 65535) yield return $"--health-port must be 0 to 65535, not {HealthPort}.";
        if (HealthListen is not ("loopback" or "any")) yield return $"--health-listen takes loopback or any, not '{HealthListen}'.";
        if (string.IsNullOrWhiteSpace(Data)) yield return "--data names the folder of the snapshots, which all silos of the cluster see.";
        if (Engines is < 1 or > 64) yield return $"--engines must be 1 to 64, not {Engines}.";
        if (Threads is < 1 or > 256) yield return $"--threads must be 1 to 256, not {Threads}.";
        if (Precision is not (null or "fp32" or "bf16" or "int8")) yield return $"--precision takes fp32, bf16 or int8, not '{Precision}'.";
        foreach (var problem in Sessions.Problems()) yield return problem;
    }
}
