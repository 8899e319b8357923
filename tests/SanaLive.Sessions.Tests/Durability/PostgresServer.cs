using System.Diagnostics;

namespace SanaLive.Sessions.Tests.Durability;

/// <summary>A real PostgreSQL in a folder of its own, on a socket there and on no port. It refuses to run as root: then nobody runs it.</summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"sanalive-pg-{Guid.NewGuid():N}"[..24]);
    private Process? _server;

    /// <summary>The folder of initdb and postgres; null when they are not installed.</summary>
    public static string? Programs { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Concat(Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending().Select(version => Path.Combine(version, "bin")) : [])
        .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")));

    public string Folder => _folder;

    public string Connection => $"Host={_folder};Username=sanalive;Database=postgres;Timeout=60;Command Timeout=60";

    public async Task InitializeAsync()
    {
        if (Programs is null) return;
        Directory.CreateDirectory(_folder);
        if (Environment.IsPrivilegedProcess) await EndAsync(Process.Start("chown", ["nobody", _folder]));
        await EndAsync(Start("initdb", "-D", Path.Combine(_folder, "data"), "-U", "sanalive", "-A", "trust", "-N", "--locale=C", "-E", "UTF8"));
        _server = Start("postgres", "-D", Path.Combine(_folder, "data"), "-k", _folder, "-c", "listen_addresses=", "-c", "fsync=off");
        await ReadyAsync();
    }

    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            // postgres takes SIGINT as: disconnect everybody and stop.
            using var stop = Process.Start("kill", ["-INT", File.ReadLines(Path.Combine(_folder, "data", "postmaster.pid")).First()]);
            await stop.WaitForExitAsync();
            await _server.WaitForExitAsync();
            _server.Dispose();
        }

        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
    }

    private async Task ReadyAsync()
    {
        while (true)
        {
            var line = await _server!.StandardError.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(120))
                ?? throw new InvalidOperationException("PostgreSQL ended while it was starting.");
            if (line.Contains("ready to accept connections", StringComparison.Ordinal)) break;
        }

        // Its log would fill the pipe.
        _ = _server.StandardError.ReadToEndAsync();
        _ = _server.StandardOutput.ReadToEndAsync();
    }

    private Process Start(string program, params string[] arguments)
    {
        var path = Path.Combine(Programs!, program);
        var start = Environment.IsPrivilegedProcess ? new ProcessStartInfo("runuser", ["-u", "nobody", "--", path, .. arguments]) : new ProcessStartInfo(path, arguments);
        (start.RedirectStandardError, start.RedirectStandardOutput, start.WorkingDirectory) = (true, true, _folder);
        return Process.Start(start)!;
    }

    private static async Task EndAsync(Process process)
    {
        using (process)
        {
            var error = process.StartInfo.RedirectStandardError ? process.StandardError.ReadToEndAsync() : Task.FromResult("");
            var output = process.StartInfo.RedirectStandardOutput ? process.StandardOutput.ReadToEndAsync() : Task.FromResult("");
            await process.WaitForExitAsync();
            if (process.ExitCode != 0) throw new InvalidOperationException($"{process.StartInfo.FileName} ended with {process.ExitCode}: {await output}{await error}");
        }
    }
}
