using Microsoft.Extensions.Options;
using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Engine;
using SanaLive.Sessions;
using SanaLive.Sessions.Durability;
using SanaLive.Sessions.Encoding;
using SanaLive.Sessions.Pictures;

namespace SanaLive.Web.Hosting;

/// <summary>Sessions in this process, on an engine on the processor, kept in files.</summary>
public sealed partial class EngineHostSource(ServerOptions options, TimeProvider time, ILogger<InProcessSessionHost> logger) : ISessionHostSource
{
    public async Task<OpenSessionHost> OpenAsync(CancellationToken cancellation)
    {
        // Before the model, which takes longer to load than a missing library or a folder in use takes to tell.
        var encoder = new Vp8BlockEncoder(options.Sessions.Video, time);
        var store = await OpenStoreAsync(cancellation);
        var engine = await Task.Run(Load, cancellation);
        var host = new InProcessSessionHost(
            [engine], encoder, new FfmpegPictureReader(time), Options.Create(options.Sessions), time, logger, store);
        var opened = new OpenSessionHost(host, [engine], encoder, store);
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

    private CpuEngine Load()
    {
        var folder = options.Model ?? InstallPaths.World;
        if (!Directory.Exists(folder)) throw new CheckpointException($"There is no folder {folder}. Name the model's folder with --model.");
        return CpuEngine.Load(folder, new CpuEngineOptions { Threads = options.Threads ?? 0, Precision = options.EnginePrecision }, time);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Sessions are kept in {Place}; {Sessions} are back")]
    private partial void LogKept(string place, int sessions);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sessions are not kept: they end with this server. --data names a folder for them")]
    private partial void LogNotKept();
}
