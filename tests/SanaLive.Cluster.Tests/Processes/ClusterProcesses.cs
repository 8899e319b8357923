using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using SanaLive.Grains;
using SanaLive.Sessions;
using SanaLive.Sessions.Remote;
using SanaLive.Sessions.Tests.Durability;

namespace SanaLive.Cluster.Tests.Processes;

/// <summary>PostgreSQL, silos and a web server as the processes that people run, on loopback, with the embedded model.</summary>
public sealed class ClusterProcesses : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly PostgresServer _database = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("sanalive-silos-").FullName;
    private readonly Dictionary<string, Process> _processes = [];
    private readonly ConcurrentDictionary<string, ConcurrentQueue<string>> _output = new();
    private RemoteHost? _remote;

    /// <summary>What a web server's sessions are.</summary>
    public ISessionHost Host => _remote!.Sessions;

    public HttpClient Web { get; } = new() { Timeout = Patience };

    public async Task InitializeAsync()
    {
        if (PostgresServer.Programs is null) return;
        await _database.InitializeAsync();
        // Together they take about as long as one: each has one thread.
        await Task.WhenAll(StartSiloAsync("one"), StartSiloAsync("two"));
        await StartWebAsync();
        _remote = await new ClusterSessions().ConnectAsync(_database.Connection, TimeProvider.System, NullLoggerFactory.Instance, default);
        await UntilAsync(async () => (await Host.EnginesAsync(default)).Count == 2);
    }

    public async Task DisposeAsync()
    {
        if (_remote is not null) await _remote.Connection.DisposeAsync();
        foreach (var process in _processes.Values)
        {
            if (!process.HasExited) process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        await _database.DisposeAsync();
        Web.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>
    /// Returns when it is in the cluster. One that is told to end while it joins, because it answers too slowly on a busy machine, is started again,
    /// as by whatever runs silos.
    /// </summary>
    public async Task StartSiloAsync(string name)
    {
        for (var left = 2; ; left--)
        {
            try
            {
                await StartOnceAsync(name);
                return;
            }
            catch (InvalidOperationException) when (left > 0)
            {
                // It has ended, and its output is only of interest when it ends again.
            }
        }
    }

    private Task<string> StartOnceAsync(string name) => StartAsync(
        name, "silo/SanaLive.Silo", "SanaLive.Silo.dll",
        ["--cluster", _database.Connection, "--apply-schema", "true", "--name", name, "--advertise", "127.0.0.1", "--data", _folder, "--threads", "1", "--max-streams", "4",
            "--silo-port", FreePort(), "--gateway-port", FreePort(), "--health-port", "0"],
        "is ready");

    /// <summary>Starts what a test before has left stopped.</summary>
    public async Task BothRunAsync()
    {
        foreach (var silo in new[] { "one", "two" })
            if (!_processes.TryGetValue(silo, out var process) || process.HasExited) await StartSiloAsync(silo);
        await UntilAsync(async () => (await Host.EnginesAsync(default)).Count == 2);
    }

    /// <summary>The silo whose engine has the session.</summary>
    public async Task<string> SiloOfAsync(string session) => (await Host.GetAsync(session, default)).Engine.Split("-cpu-")[0];

    public static string Other(string silo) => silo == "one" ? "two" : "one";

    /// <summary>Sends a signal to a silo, for example <c>-KILL</c>.</summary>
    public async Task SignalAsync(string silo, string signal)
    {
        using var kill = Process.Start("kill", [signal, _processes[silo].Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Waits for a silo's end.</summary>
    public async Task<int> EndAsync(string silo)
    {
        await _processes[silo].WaitForExitAsync().WaitAsync(Patience);
        var code = _processes[silo].ExitCode;
        _processes[silo].Dispose();
        _processes.Remove(silo);
        return code;
    }

    /// <summary>What a process wrote, for whoever has to find out what went wrong.</summary>
    public string OutputOf(string name) => string.Join('\n', _output[name]);

    public static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!await holds()) await Task.Delay(100, patience.Token);
    }

    private async Task StartWebAsync()
    {
        var line = await StartAsync(
            "web", "web/SanaLive.Web", "SanaLive.Web.dll", ["--port", "0", "--rtc-port", "0", "--cluster", _database.Connection], "SanaLive is ready: ");
        Web.BaseAddress = new Uri(line[(line.IndexOf("http", StringComparison.Ordinal))..]);
    }

    private async Task<string> StartAsync(string name, string project, string program, IReadOnlyList<string> arguments, string ready)
    {
        var output = _output[name] = new ConcurrentQueue<string>();
        var isReady = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var start = new ProcessStartInfo("dotnet", [Path.Combine(Root, project, Build, program), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        var process = _processes[name] = new Process { StartInfo = start, EnableRaisingEvents = true };
        void Read(string? line)
        {
            if (line is null) return;
            output.Enqueue(line);
            if (line.Contains(ready, StringComparison.Ordinal)) isReady.TrySetResult(line);
        }

        process.OutputDataReceived += (_, data) => Read(data.Data);
        process.ErrorDataReceived += (_, data) => Read(data.Data);
        process.Exited += (_, _) => isReady.TrySetException(new InvalidOperationException($"{name} ended before it was ready:\n{string.Join('\n', output)}"));
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return await isReady.Task.WaitAsync(Patience);
    }

    /// <summary>For example <c>bin/Release/net10.0</c>, as these tests are built.</summary>
    private static string Build => string.Join('/', AppContext.BaseDirectory.TrimEnd('/').Split('/')[^3..]);

    /// <summary>The repository.</summary>
    public static string Root
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "SanaLive.sln"))) folder = folder.Parent ?? throw new InvalidOperationException("These tests run inside the repository.");
            return folder.FullName;
        }
    }

    private static string FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}
