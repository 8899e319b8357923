using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using SanaLive.Cluster.Tests.Processes;
using SanaLive.ClusterBench;
using SanaLive.Runtime.Engine;
using SanaLive.Sessions;
using SanaLive.Sessions.Encoding;
using SanaLive.Sessions.Pictures;
using SanaLive.Sessions.Tests.Durability;

// ./sanalive bench cluster: a stream that moves from silo to silo, and one whose silo is killed, beside a stream that moves in one process.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var moves = args is ["--moves", var text] && int.TryParse(text, out var number) && number > 0 ? number : args.Length == 0 ? 10 : 0;
if (moves == 0)
{
    Console.Error.WriteLine("usage: ./sanalive bench cluster [--moves N]");
    return 2;
}

if (PostgresServer.Programs is null)
{
    Console.Error.WriteLine("bench cluster needs PostgreSQL (Debian: postgresql).");
    return 1;
}

var cluster = new ClusterProcesses();
await cluster.InitializeAsync();
try
{
    string[] silos = ["one-cpu-0", "two-cpu-0"];
    var stream = await MovedStream.RunAsync(cluster.Host, silos, moves);
    var killed = await KilledStream.RunAsync(cluster);
    var engines = CpuEngines.Load(Path.Combine(ClusterProcesses.Root, "gpu-runtime/models/world"), 2, 2, (i, own) => new CpuEngineOptions { Name = $"cpu-{i}", Threads = own }, TimeProvider.System);
    using var encoder = new Vp8BlockEncoder(new Vp8Options(), TimeProvider.System);
    await using var alone = new InProcessSessionHost(
        engines, encoder, new FfmpegPictureReader(TimeProvider.System), Options.Create(new SessionOptions { SessionsPerEngine = 4 }), TimeProvider.System,
        NullLogger<InProcessSessionHost>.Instance);
    var inProcess = await MovedStream.RunAsync(alone, [.. engines.Select(engine => engine.Name)], moves);

    Console.WriteLine($"{moves} moves of one watched stream; {stream.StateBytes / 1e6:0.0} MB of state");
    Console.WriteLine($"{"",-28}{"cluster",12}{"one process",14}");
    Row("move, ms: median", stream.MoveMilliseconds.Median(), inProcess.MoveMilliseconds.Median());
    Row("move, ms: longest", stream.MoveMilliseconds.Max(), inProcess.MoveMilliseconds.Max());
    Row("between blocks, ms: longest", stream.LongestGap, inProcess.LongestGap);
    Row("blocks late", stream.Late, inProcess.Late);
    Row("frames lost", stream.FramesLost, inProcess.FramesLost);
    Console.WriteLine($"{"after SIGKILL, ms to the next block",-40}{killed.Milliseconds,8:0}");
    Console.WriteLine($"{"after SIGKILL, frames lost or different",-40}{killed.FramesLost,8}");
    Console.WriteLine(JsonSerializer.Serialize(new { bench = "cluster", moves, cluster = stream, inProcess, killed }));
    foreach (var engine in engines) await engine.DisposeAsync();
    return 0;
}
finally
{
    await cluster.DisposeAsync();
}

static void Row(string what, double cluster, double alone) => Console.WriteLine($"{what,-28}{cluster,12:0.#}{alone,14:0.#}");
