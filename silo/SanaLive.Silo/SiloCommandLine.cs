using System.Text;
using SessionOptions = SanaLive.Sessions.SessionOptions;

namespace SanaLive.Silo;

/// <summary>The silo's command line; strict, because a misspelt option that is ignored is found out much later.</summary>
/// <param name="Settings">Configuration keys and values.</param>
/// <param name="Answer">Text to print instead of running.</param>
/// <param name="ExitCode">Of the process when there is an answer.</param>
public sealed record SiloCommandLine(IReadOnlyDictionary<string, string?> Settings, string? Answer = null, int ExitCode = 0)
{
    private static readonly (string Name, string Key, string Value, string Help)[] Options =
    [
        ("--cluster", nameof(SiloOptions.Cluster), "WHERE", "localhost (one silo), or the PostgreSQL database of the cluster; better given as SanaLive__Cluster"),
        ("--name", nameof(SiloOptions.Name), "NAME", "of this silo (the machine's); its engines' names begin with it"),
        ("--advertise", nameof(SiloOptions.Advertise), "A", "address under which the others reach this silo (this machine's first)"),
        ("--silo-port", nameof(SiloOptions.SiloPort), "N", "TCP port for other silos (11111)"),
        ("--gateway-port", nameof(SiloOptions.GatewayPort), "N", "TCP port for web servers (30000)"),
        ("--health-port", nameof(SiloOptions.HealthPort), "N", "TCP port of /healthz, /readyz and /drain (8081; 0: any free one)"),
        ("--health-listen", nameof(SiloOptions.HealthListen), "WHERE", "loopback (default) or any"),
        ("--store", nameof(SiloOptions.Store), "CONNECTION", "PostgreSQL database that keeps the sessions (the cluster's)"),
        ("--data", nameof(SiloOptions.Data), "FOLDER", "snapshots; all silos must see the same folder"),
        ("--apply-schema", nameof(SiloOptions.ApplySchema), "true", "makes the cluster's tables if they are not there (false)"),
        ("--model", nameof(SiloOptions.Model), "FOLDER", "the model to run (the embedded world)"),
        ("--engines", nameof(SiloOptions.Engines), "N", "engines in this process, which share the threads (1)"),
        ("--threads", nameof(SiloOptions.Threads), "N", "threads that compute (all cores)"),
        ("--precision", nameof(SiloOptions.Precision), "P", "fp32, bf16 or int8 (as the model says)"),
        ("--max-streams", $"{nameof(SiloOptions.Sessions)}:{nameof(SessionOptions.SessionsPerEngine)}", "N", "sessions that an engine makes at once (as many as it was measured to make in time)"),
        ("--max-sessions", $"{nameof(SiloOptions.Sessions)}:{nameof(SessionOptions.MaxSessions)}", "N", "sessions on this silo, watched or not (1000)"),
        ("--queue-length", $"{nameof(SiloOptions.Sessions)}:{nameof(SessionOptions.QueueLength)}", "N", "sessions that may wait on this silo (16)"),
    ];

    public static SiloCommandLine Parse(IReadOnlyList<string> args)
    {
        var settings = new Dictionary<string, string?>();
        for (var i = 0; i < args.Count; i++)
        {
            // A connection string has '=' in it, an option's name has none.
            var (name, value) = args[i].Split('=', 2) is [var left, var right] ? (left, right) : (args[i], null);
            if (name is "--help" or "-h") return new(settings, Help());
            var option = Array.Find(Options, option => option.Name == name);
            if (option.Name is null) return new(settings, $"There is no option '{name}'. --help lists the options.", 2);
            if (value is null && (i + 1 == args.Count || args[i + 1].StartsWith("--", StringComparison.Ordinal)))
                return new(settings, $"{name} needs a value: {name} {option.Value}. --help lists the options.", 2);
            settings[$"{SiloOptions.Section}:{option.Key}"] = value ?? args[++i];
        }

        return new(settings);
    }

    private static string Help()
    {
        var text = new StringBuilder("SanaLive.Silo: the engines of one machine, as part of a cluster.\n\n");
        foreach (var option in Options) text.Append($"  {option.Name + ' ' + option.Value,-24} {option.Help}\n");
        return text.Append("\nEvery option is also a setting: SanaLive:Cluster in appsettings.json, SanaLive__Cluster in the environment.").ToString();
    }
}
