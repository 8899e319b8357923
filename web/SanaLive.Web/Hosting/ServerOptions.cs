using System.Globalization;
using System.Net;
using Microsoft.Extensions.Options;
using SanaLive.Runtime.Engine;

namespace SanaLive.Web.Hosting;

/// <summary>
/// What an operator may set: on the command line (<see cref="CommandLine"/>), in <c>appsettings.json</c> or in the environment
/// (<c>SanaLive__Port</c>). Lists are comma-separated.
/// </summary>
public sealed class ServerOptions
{
    public const string Section = "SanaLive";

    /// <summary>TCP port of page and API, 0 to 65535; 0 lets the system choose.</summary>
    public int Port { get; set; } = 8080;

    /// <summary><c>loopback</c>, <c>any</c>, or an address of this machine.</summary>
    public string Listen { get; set; } = "loopback";

    /// <summary>UDP port of the video, 0 to 65535; null is the number of <see cref="Port"/>.</summary>
    public int? RtcPort { get; set; }

    /// <summary>
    /// Like <see cref="Listen"/>, for the video; null is the same. Or <c>machine</c>: all addresses of this machine, for this machine only,
    /// because Firefox refuses to take video from 127.0.0.1.
    /// </summary>
    public string? RtcListen { get; set; }

    /// <summary>Addresses that viewers are told for the video, at most 16; null is the address that is listened on.</summary>
    public string? Advertise { get; set; }

    /// <summary>UDP port that viewers are told, 1 to 65535, when a port mapping changes it.</summary>
    public int? AdvertisePort { get; set; }

    /// <summary>For experiments: the share of outgoing video packets that is thrown away, 0 to 1.</summary>
    public double RtcLoss { get; set; }

    /// <summary>Viewers at once, 1 to 100,000.</summary>
    public int MaxViewers { get; set; } = 1000;

    /// <summary>At least 16 characters; null: nobody but this machine may list the sessions.</summary>
    public string? OperatorKey { get; set; }

    /// <summary>Origins whose pages may use API, hub and WHEP from a browser, or <c>*</c>; null: only the server's own page.</summary>
    public string? AllowOrigin { get; set; }

    /// <summary>Addresses of reverse proxies whose <c>X-Forwarded-*</c> headers are believed; null: none.</summary>
    public string? TrustProxy { get; set; }

    /// <summary>Folder of the model, or a published <c>.pth</c> file; null is the embedded world.</summary>
    public string? Model { get; set; }

    /// <summary>Of a published model's pictures, height x width; null: its own.</summary>
    public string? Size { get; set; }

    /// <summary>Engines in this process, 1 to 64, each with weights of its own.</summary>
    public int Engines { get; set; } = 1;

    /// <summary>Threads that compute, 1 to 256, shared out among the engines; null: as many as there are cores.</summary>
    public int? Threads { get; set; }

    /// <summary><c>fp32</c>, <c>bf16</c> for weights that take half the memory, or <c>int8</c> for 8-bit products in the transformer's linears; null: int8 where the model loses nothing by it and the processor is faster so.</summary>
    public string? Precision { get; set; }

    /// <summary>
    /// Folder in which sessions survive the server; <c>none</c>: they do not. Null: a folder of the port's own in this user's state folder;
    /// with port 0, whose addresses nobody could come back to, none.
    /// </summary>
    public string? Data { get; set; }

    /// <summary>
    /// Connection string of a PostgreSQL database that keeps the sessions, for example <c>Host=db;Database=sanalive;Username=sanalive</c>;
    /// their snapshots are files in <see cref="Data"/>. Null: files keep all.
    /// </summary>
    public string? Store { get; set; }

    /// <summary>
    /// Where sessions live when they do not live in this process: <c>localhost</c>, <c>localhost:PORT</c>, or the connection string of the PostgreSQL
    /// database by which the silos of a cluster find each other. Null: in this process.
    /// </summary>
    public string? Cluster { get; set; }

    /// <summary>Folder of the built page; null: where the build puts it.</summary>
    public string? WebRoot { get; set; }

    public SanaLive.Sessions.SessionOptions Sessions { get; set; } = new();

    public LimitOptions Limits { get; set; } = new();

    /// <exception cref="OptionsValidationException">A value cannot be read or is out of range; one sentence for each.</exception>
    public static ServerOptions From(IConfiguration configuration)
    {
        ServerOptions options;
        try
        {
            options = configuration.GetSection(Section).Get<ServerOptions>(binder => binder.ErrorOnUnknownConfiguration = true) ?? new();
        }
        catch (InvalidOperationException e)
        {
            throw new OptionsValidationException(Section, typeof(ServerOptions), [CommandLine.Unreadable(e.Message, configuration) ?? e.Message]);
        }

        var problems = options.Problems().ToList();
        return problems.Count == 0 ? options : throw new OptionsValidationException(Section, typeof(ServerOptions), problems);
    }

    /// <summary>One sentence for everything that cannot be right.</summary>
    public IEnumerable<string> Problems()
    {
        if (Port is < 0 or > 65535) yield return $"--port must be 0 to 65535, not {Port}.";
        if (RtcPort is < 0 or > 65535) yield return $"--rtc-port must be 0 to 65535, not {RtcPort}.";
        if (AdvertisePort is < 1 or > 65535) yield return $"--advertise-port must be 1 to 65535, not {AdvertisePort}.";
        if (!TryAddress(Listen, out _)) yield return $"--listen takes loopback, any, or an address of this machine, not '{Listen}'.";
        if (RtcListen is not null && !RtcThisMachineOnly && !TryAddress(RtcListen, out _))
            yield return $"--rtc-listen takes loopback, machine, any, or an address of this machine, not '{RtcListen}'.";
        foreach (var part in List(Advertise).Where(part => !IPAddress.TryParse(part, out _)))
            yield return $"--advertise takes IP addresses that viewers can reach, and '{part}' is none.";
        foreach (var part in List(TrustProxy).Where(part => !IPAddress.TryParse(part, out _)))
            yield return $"--trust-proxy takes the IP addresses of your proxies, and '{part}' is none.";
        foreach (var part in List(AllowOrigin).Where(part => part != "*" && !IsOrigin(part)))
            yield return $"--allow-origin takes origins such as https://example.org (no path), and '{part}' is none.";
        if (RtcLoss is not (>= 0 and <= 1))
            yield return $"--rtc-loss must be 0 to 1, not {RtcLoss.ToString(CultureInfo.InvariantCulture)}.";
        if (MaxViewers is < 1 or > 100_000) yield return $"--max-viewers must be 1 to 100000, not {MaxViewers}.";
        if (OperatorKey is { Length: < 16 }) yield return "--operator-key must have at least 16 characters, so that nobody guesses it.";
        if (Data is { } data && string.IsNullOrWhiteSpace(data)) yield return "--data takes a folder, or none.";
        if (Store is not null && DataFolder is null) yield return "--store keeps snapshots as files: name a folder for them with --data.";
        if (Threads is < 1 or > 256) yield return $"--threads must be 1 to 256, not {Threads}.";
        if (Engines is < 1 or > 64) yield return $"--engines must be 1 to 64, not {Engines}.";
        if (Size is not null && !PictureSize.TryParse(Size, out _)) yield return $"--size takes height x width, such as 480x832, not '{Size}'.";
        if (Precision is not (null or "fp32" or "bf16" or "int8")) yield return $"--precision takes fp32, bf16 or int8, not '{Precision}'.";
        if (Cluster is not null && string.IsNullOrWhiteSpace(Cluster)) yield return "--cluster takes localhost, localhost:PORT, or a PostgreSQL connection string.";
        if (Cluster is not null && (Store, Model, Threads) is not (null, null, null))
            yield return "With --cluster the engines and the store are the silos': give --store, --model and --threads to SanaLive.Silo instead.";
        foreach (var problem in Sessions.Problems()) yield return CommandLine.InOptions(problem, nameof(Sessions));
        foreach (var problem in Limits.Problems()) yield return problem;
    }

    public PictureSize? EngineSize => Size is null ? null : PictureSize.Parse(Size);

    public Runtime.Kernels.Precision? EnginePrecision =>
        Precision is { } name ? Enum.Parse<Runtime.Kernels.Precision>(name, ignoreCase: true) : null;

    /// <summary>Where page and API listen; null is both loopback addresses.</summary>
    public IPAddress? ListenAddress => Address(Listen);

    /// <summary>Where the video's socket listens.</summary>
    public IPAddress RtcListenAddress => RtcThisMachineOnly ? IPAddress.Any : Address(RtcListen ?? Listen) ?? IPAddress.Loopback;

    /// <summary>Whether the video is kept from all other machines although its socket is not bound to loopback.</summary>
    public bool RtcThisMachineOnly => string.Equals(RtcListen, "machine", StringComparison.OrdinalIgnoreCase);

    /// <summary>Where sessions are kept; null: nowhere.</summary>
    public string? DataFolder => Data switch
    {
        { } named when string.Equals(named, "none", StringComparison.OrdinalIgnoreCase) => null,
        { } named => Path.GetFullPath(named),
        null when Port == 0 => null,
        _ => Path.Combine(StateFolder, "sanalive", Port.ToString(CultureInfo.InvariantCulture)),
    };

    public IReadOnlyList<IPAddress> AdvertisedAddresses => [.. List(Advertise).Select(IPAddress.Parse)];

    public IReadOnlyList<IPAddress> TrustedProxies => [.. List(TrustProxy).Select(IPAddress.Parse)];

    public IReadOnlyList<string> AllowedOrigins => [.. List(AllowOrigin).Select(part => part.TrimEnd('/'))];

    /// <summary>The user's folder for what programs keep: XDG_STATE_HOME, else ~/.local/state; on Windows the local application data.</summary>
    private static string StateFolder => OperatingSystem.IsWindows()
        ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
        : Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } named && Path.IsPathRooted(named)
            ? named
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state");

    private static string[] List(string? text) =>
        text?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    private static IPAddress? Address(string text) => TryAddress(text, out var address)
        ? address
        : throw new OptionsValidationException(Section, typeof(ServerOptions), [$"'{text}' is no address."]);

    private static bool TryAddress(string text, out IPAddress? address)
    {
        address = null;
        switch (text.ToLowerInvariant())
        {
            case "loopback" or "localhost":
                return true;
            case "any" or "*":
                address = System.Net.Sockets.Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;
                return true;
            default:
                return IPAddress.TryParse(text, out address);
        }
    }

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri is { PathAndQuery: "/", Fragment: "" };
}
