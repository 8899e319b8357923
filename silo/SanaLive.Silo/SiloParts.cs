using Microsoft.Extensions.Options;
using SanaLive.Grains.Places;
using SanaLive.Runtime.Checkpoints.Published;
using SanaLive.Runtime.Engine;
using SanaLive.Sessions;
using SanaLive.Sessions.Durability;
using SanaLive.Sessions.Encoding;
using SanaLive.Sessions.Pictures;

namespace SanaLive.Silo;

/// <summary>What the silo's sessions run on, made before the silo joins the cluster: from then on sessions are sent to it.</summary>
internal sealed class SiloParts : IAsyncDisposable
{
    private static readonly TimeSpan EnginePatience = TimeSpan.FromSeconds(3);

    private readonly List<Func<ValueTask>> _endings = [];

    public required InProcessSessionHost Host { get; init; }

    public required ISessionStore Store { get; init; }

    public required ILineStore Line { get; init; }

    public required IReadOnlyList<IEngine> Engines { get; init; }

    public static async Task<SiloParts> OpenAsync(SiloOptions options, TimeProvider time, ILoggerFactory logs, CancellationToken cancellation)
    {
        // Before the model, which takes longer to load than a missing library or a database that does not answer takes to tell.
        var encoder = new Vp8BlockEncoder(options.Sessions.Video, time);
        var folder = Path.GetFullPath(options.Data!);
        ISessionStore store = options.Database is { } database
            ? await PostgresSessionStore.OpenAsync(database, Path.Combine(folder, "snapshots"), cancellation, shared: true)
            : new FileSessionStore(folder);
        ILineStore line = options.Database is { } lines ? await PostgresLineStore.OpenAsync(lines, cancellation) : new MemoryLineStore();
        var engines = await Task.Run(
            () => CpuEngines.Load(
                options.Model is { } named ? ModelRegistry.OfUser.Resolve(named) : World, options.Engines, options.Threads ?? Environment.ProcessorCount,
                (i, own) => new CpuEngineOptions { Name = $"{options.Name}-cpu-{i}", Threads = own, Precision = options.EnginePrecision }, time),
            cancellation);
        var host = new InProcessSessionHost(
            engines, encoder, new FfmpegPictureReader(time), Options.Create(options.Sessions), time, logs.CreateLogger<InProcessSessionHost>(), store);
        var parts = new SiloParts { Host = host, Store = store, Line = line, Engines = engines };
        parts._endings.AddRange([host.DisposeAsync, store.DisposeAsync, async () =>
        {
            if (line is IAsyncDisposable one) await one.DisposeAsync();
            encoder.Dispose();
        }]);
        return parts;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var end in _endings) await end();
        // An engine that hangs does not end either: the process does, and its threads with it.
        var ended = Task.WhenAll(Engines.Select(engine => engine.DisposeAsync().AsTask()));
        if (await Task.WhenAny(ended, Task.Delay(EnginePatience)) == ended) await ended;
    }

    /// <summary>The embedded world: beside a published silo, or in the repository that it was built in.</summary>
    private static string World
    {
        get
        {
            var published = Path.Combine(AppContext.BaseDirectory, "models/world");
            if (Directory.Exists(published)) return published;
            for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
                if (File.Exists(Path.Combine(folder.FullName, "SanaLive.sln"))) return Path.Combine(folder.FullName, "gpu-runtime/models/world");
            return published;
        }
    }
}
