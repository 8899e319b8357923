using Microsoft.Extensions.Options;
using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Engine;
using SanaLive.Sessions;
using SanaLive.Sessions.Encoding;
using SanaLive.Sessions.Pictures;

namespace SanaLive.Web.Hosting;

/// <summary>Sessions in this process, on an engine on the processor.</summary>
public sealed class EngineHostSource(ServerOptions options, TimeProvider time, ILogger<InProcessSessionHost> logger) : ISessionHostSource
{
    public async Task<OpenSessionHost> OpenAsync(CancellationToken cancellation)
    {
        // Before the model, which takes longer to load than a missing library takes to tell.
        var encoder = new Vp8BlockEncoder(options.Sessions.Video, time);
        var engine = await Task.Run(Load, cancellation);
        return Open(engine, encoder);
    }

    private CpuEngine Load()
    {
        var folder = options.Model ?? InstallPaths.World;
        if (!Directory.Exists(folder)) throw new CheckpointException($"There is no folder {folder}. Name the model's folder with --model.");
        return CpuEngine.Load(folder, new CpuEngineOptions { Threads = options.Threads ?? 0, Precision = options.EnginePrecision }, time);
    }

    private OpenSessionHost Open(IEngine engine, Vp8BlockEncoder encoder) => new(
        new InProcessSessionHost([engine], encoder, new FfmpegPictureReader(time), Options.Create(options.Sessions), time, logger), [engine], encoder);
}
