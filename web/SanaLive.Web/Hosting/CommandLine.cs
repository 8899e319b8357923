using System.Reflection;
using System.Text;
using SessionOptions = SanaLive.Sessions.SessionOptions;

namespace SanaLive.Web.Hosting;

/// <summary>
/// The server's command line: strict, because a misspelt option that is ignored is found out much later.
/// What is given becomes configuration, above files and environment.
/// </summary>
/// <param name="Settings">Configuration keys and values.</param>
/// <param name="Answer">Text to print instead of running: the help, the version or what is wrong.</param>
/// <param name="ExitCode">Of the process when there is an answer: 0, or 2 for a wrong command line.</param>
public sealed record CommandLine(IReadOnlyDictionary<string, string?> Settings, string? Answer = null, int ExitCode = 0)
{
    private static readonly (string Name, string Key, string Value, string Help)[] Options =
    [
        ("--port", nameof(ServerOptions.Port), "N", "TCP port of page and API (8080; 0: any free one)"),
        ("--listen", nameof(ServerOptions.Listen), "WHERE", "loopback (default), any, or an address of this machine"),
        ("--rtc-port", nameof(ServerOptions.RtcPort), "N", "UDP port of the video (the number of --port)"),
        ("--rtc-listen", nameof(ServerOptions.RtcListen), "WHERE", "the same for the video (as --listen), or machine: this machine under all its addresses, which Firefox needs"),
        ("--advertise", nameof(ServerOptions.Advertise), "A[,B]", "addresses that viewers are told for the video, e.g. the public one"),
        ("--advertise-port", nameof(ServerOptions.AdvertisePort), "N", "UDP port that viewers are told, when a NAT maps it"),
        ("--max-viewers", nameof(ServerOptions.MaxViewers), "N", "viewers at once (1000)"),
        ("--max-sessions", Session(nameof(SessionOptions.MaxSessions)), "N", "sessions that exist at once, watched or not (1000)"),
        ("--max-streams", Session(nameof(SessionOptions.SessionsPerEngine)), "N", "sessions that are made at once (as many as the engine was measured to make in time)"),
        ("--queue-length", Session(nameof(SessionOptions.QueueLength)), "N", "sessions that may wait for others to end (16); one more gets 503"),
        ("--reserve", Session(nameof(SessionOptions.Reserve)), "P", "share of the measured speed that is not given to sessions (0.2)"),
        ("--model", nameof(ServerOptions.Model), "FOLDER", "the model to run: a published LongSANA as it was downloaded or by its name in ./sanalive models list, or another world (the embedded world)"),
        ("--size", nameof(ServerOptions.Size), "HxW", "size of a published model's pictures, for example 480x832 (its own)"),
        ("--data", nameof(ServerOptions.Data), "FOLDER", "where sessions survive the server (a folder for each port in your state folder), or none"),
        ("--store", nameof(ServerOptions.Store), "CONNECTION", "a PostgreSQL database that keeps the sessions, their snapshots being files in --data; better given as SanaLive__Store"),
        ("--engines", nameof(ServerOptions.Engines), "N", "engines in this process, which share the threads (1); sessions move between them"),
        ("--cluster", nameof(ServerOptions.Cluster), "WHERE", "sessions live in a cluster: localhost[:PORT], or its PostgreSQL database; better given as SanaLive__Cluster"),
        ("--threads", nameof(ServerOptions.Threads), "N", "threads that compute (all cores)"),
        ("--precision", nameof(ServerOptions.Precision), "P", "fp32, bf16 (weights in half the memory) or int8 (int8 where the model loses nothing by it and the processor has AVX-VNNI, which saves a fifth of a block's time; else fp32)"),
        ("--operator-key", nameof(ServerOptions.OperatorKey), "KEY", "lets its holder list all sessions from elsewhere; better given as SanaLive__OperatorKey"),
        ("--allow-origin", nameof(ServerOptions.AllowOrigin), "O[,P]", "other origins whose pages may use API, hub and WHEP, or *"),
        ("--trust-proxy", nameof(ServerOptions.TrustProxy), "A[,B]", "reverse proxies whose X-Forwarded-* headers are believed"),
        ("--web-root", nameof(ServerOptions.WebRoot), "FOLDER", "the built page"),
        ("--rtc-loss", nameof(ServerOptions.RtcLoss), "P", "for experiments: throw this share of video packets away"),
    ];

    private static string Session(string option) => $"{nameof(ServerOptions.Sessions)}:{option}";

    public static string Version { get; } =
        typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    public static CommandLine Parse(IReadOnlyList<string> args)
    {
        var settings = new Dictionary<string, string?>();
        for (var i = 0; i < args.Count; i++)
        {
            var (name, value) = args[i].Split('=', 2) is [var left, var right] ? (left, right) : (args[i], null);
            if (name is "--help" or "-h") return new(settings, Help());
            if (name is "--version") return new(settings, $"SanaLive {Version}");
            var option = Array.Find(Options, option => option.Name == name);
            if (option.Name is null) return Wrong(settings, $"There is no option '{name}'.");
            if (value is null && (i + 1 == args.Count || args[i + 1].StartsWith("--", StringComparison.Ordinal)))
                return Wrong(settings, $"{name} needs a value: {name} {option.Value}.");
            settings[$"{ServerOptions.Section}:{option.Key}"] = value ?? args[++i];
        }

        return new(settings);
    }

    /// <summary>A sentence that begins with a setting, by its option where it has one: who gave the option does not know the setting.</summary>
    /// <param name="problem">For example: MaxSessions must be ...</param>
    /// <param name="section">Where the setting is.</param>
    public static string InOptions(string problem, string section)
    {
        var setting = problem.Split(' ')[0];
        var option = Array.Find(Options, option => option.Key == $"{section}:{setting}");
        return option.Name is null ? problem : option.Name + problem[setting.Length..];
    }

    /// <summary>What an option takes whose value is not even a number; null when the message is about something else.</summary>
    /// <param name="message">Names the setting.</param>
    /// <param name="configuration">Holds it.</param>
    public static string? Unreadable(string message, IConfiguration configuration)
    {
        var option = Array.Find(Options, option => message.Contains($"'{ServerOptions.Section}:{option.Key}'", StringComparison.Ordinal));
        return option.Name is null ? null
            : $"{option.Name} takes a {(option.Value == "N" ? "whole number" : "number")}, not '{configuration[$"{ServerOptions.Section}:{option.Key}"]}'.";
    }

    private static CommandLine Wrong(Dictionary<string, string?> settings, string sentence) =>
        new(settings, $"{sentence} --help lists the options.", 2);

    private static string Help()
    {
        var text = new StringBuilder("SanaLive: a prompt becomes an endless stream in a browser.\n\n");
        foreach (var option in Options) text.Append($"  {option.Name + ' ' + option.Value,-24} {option.Help}\n");
        return text.Append($"  {"--version",-24} the version\n\nEvery option is also a setting: ")
            .Append("SanaLive:Port in appsettings.json, SanaLive__Port in the environment.").ToString();
    }
}
