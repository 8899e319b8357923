using Microsoft.Extensions.Options;
using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Checkpoints.Published;
using SanaLive.Runtime.Engine;
using SanaLive.Sessions;
using SanaLive.Sessions.Durability;
using SanaLive.Sessions.Encoding;
using SanaLive.Sessions.Pictures;

namespace SanaLive.Web.Hosting;

/// <summary>Sessions in this process, on engines on the processor, kept in files.</summary>
public sealed partial class EngineHostSource(ServerOptions options, TimeProvider time, ILogger<InProcessSessionHost> logger) : ISessionHostSource
{
    public async Task<OpenSessionHost> OpenAsync(CancellationToken cancellation)
    {
        // Before the model, which takes longer to load than a missing library or a folder in use takes to tell.
        var encoder = new Vp8BlockEncoder(options.Sessions.Video, time);
        var store = await OpenStoreAsync(cancellation);
        var engines = await Task.Run(Load, cancellation);
        var host = new InProcessSessionHost(
            engines, encoder, new FfmpegPictureReader(time), Options.Create(options.Sessions), time, logger, store);
        var opened = new OpenSessionHost(host, engines, encoder, store);
        if (store is null)
        {
            LogNotKept();
            return opened;
        }

        var back = await host.RestoreAsync(cancellation);
        LogKept(store.Place, back);
        return opened;
    }

    private async Task<ISessionStore?> OpenStoreAsync(CancellationToken cancellation) => options.DataFolder is not { } folder ? null
        : options.Store is { } database ? await PostgresSessionStore.OpenAsync(database, Path.Combine(folder, "snapshots"), cancellation)
        : new FileSessionStore(folder);

    /// <summary>
    /// One after the other, because each measures its speed. Every engine has threads of its own: if all used all of them, each would be
    /// measured alone and be slower in company, and admission would promise places that are not there.
    /// </summary>
    private IReadOnlyList<IEngine> Load()
    {
        var folder = options.Model is { } named ? ModelRegistry.OfUser.Resolve(named) : InstallPaths.World;
        if (!Directory.Exists(folder) && !File.Exists(folder)) throw new CheckpointException($"There is no folder {folder}, and no model of that name was added. Name the model's folder with --model.");
        var threads = options.Threads ?? Environment.ProcessorCount;
        if (threads < options.Engines) LogMoreEnginesThanThreads(options.Engines, threads);
        var engines = new List<IEngine>();
        for (var i = 0; i < options.Engines; i++)
        {
            var own = ThreadsOf(i, options.Engines, threads);
            var engine = CpuEngine.Load(folder, new CpuEngineOptions { Name = $"cpu-{i}", Threads = own, Precision = options.EnginePrecision, Size = options.EngineSize }, time);
            engines.Add(engine);
            LogEngine(engine.Name, own, threads, engine.MeasuredBlocksPerSecond * engine.Model.BlockDuration.TotalSeconds);
        }

        return engines;
    }

    /// <summary>Threads are split as evenly as they go; the first engines get what is left over.</summary>
    public static int ThreadsOf(int engine, int engines, int threads) => Math.Max(1, threads / engines + (engine < threads % engines ? 1 : 0));

    [LoggerMessage(Level = LogLevel.Information, Message = "Engine {Engine} has {Own} of {Threads} threads and makes {Factor:0.0} streams in real time")]
    private partial void LogEngine(string engine, int own, int threads, double factor);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Engines} engines share {Threads} threads: each was measured alone, so together they are slower than they were measured. Give --engines fewer or --threads more")]
    private partial void LogMoreEnginesThanThreads(int engines, int threads);

    [LoggerMessage(Level = LogLevel.Information, Message = "Sessions are kept in {Place}; {Sessions} are back")]
    private partial void LogKept(string place, int sessions);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sessions are not kept: they end with this server. --data names a folder for them")]
    private partial void LogNotKept();
}
