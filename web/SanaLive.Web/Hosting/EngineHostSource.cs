using Microsoft.Extensions.Options;
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

    private IReadOnlyList<IEngine> Load()
    {
        var model = options.Model is { } named ? ModelRegistry.OfUser.Resolve(named) : InstallPaths.World;
        var threads = options.Threads ?? Environment.ProcessorCount;
        if (threads < options.Engines) LogMoreEnginesThanThreads(options.Engines, threads);
        return CpuEngines.Load(
            model, options.Engines, threads,
            (i, own) => new CpuEngineOptions { Name = $"cpu-{i}", Threads = own, Precision = options.EnginePrecision, Size = options.EngineSize }, time,
            (engine, own) => LogEngine(engine.Name, own, threads, engine.MeasuredBlocksPerSecond * engine.Model.BlockDuration.TotalSeconds));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Engine {Engine} has {Own} of {Threads} threads and makes {Factor:0.0} streams in real time")]
    private partial void LogEngine(string engine, int own, int threads, double factor);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Engines} engines share {Threads} threads: each was measured alone, so together they are slower than they were measured. Give --engines fewer or --threads more")]
    private partial void LogMoreEnginesThanThreads(int engines, int threads);

    [LoggerMessage(Level = LogLevel.Information, Message = "Sessions are kept in {Place}; {Sessions} are back")]
    private partial void LogKept(string place, int sessions);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sessions are not kept: they end with this server. --data names a folder for them")]
    private partial void LogNotKept();
}
