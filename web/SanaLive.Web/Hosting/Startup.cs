using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using SanaLive.Rtc;
using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Engine;
using SanaLive.Web.Relay;
using SanaLive.Web.Whep;

namespace SanaLive.Web.Hosting;

/// <summary>
/// Brings the server up behind the open HTTP port (so that <c>/readyz</c> can say what is awaited), says when a stream can be
/// watched, and takes everything down again in order.
/// </summary>
public sealed partial class Startup(
    Backend backend, ISessionHostSource source, IViewerEndpoint endpoint, RelayPool relays, IServer server,
    IHostApplicationLifetime lifetime, ILogger<Startup> logger) : BackgroundService
{
    /// <summary>How long the end of the connections waits for everybody to be told why.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromMilliseconds(300);

    private OpenSessionHost? host;
    private Task? stopping;

    /// <summary>True when the server ended itself because it could not start.</summary>
    public bool Failed { get; private set; }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        var saved = await InTimeAsync(stopping ?? Task.CompletedTask, cancellationToken);
        await relays.DisposeAsync();
        await endpoint.DisposeAsync();
        if (host is null) return;
        // What the sessions may still be waiting for must not be taken away under them; it ends with the process.
        if (!saved || !await InTimeAsync(host.DisposeAsync().AsTask(), cancellationToken)) LogLeft();
    }

    /// <summary>An engine or a disk that hangs must not keep the server from ending.</summary>
    private static async Task<bool> InTimeAsync(Task work, CancellationToken over)
    {
        try
        {
            await work.WaitAsync(over);
            return true;
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            return false;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        lifetime.ApplicationStopping.Register(StopSessions);
        try
        {
            await started.Task.WaitAsync(stoppingToken);
            endpoint.Start();
            backend.Waits("The server is starting: the model is being loaded and the engine warmed up. Try again in a few seconds.");
            host = await source.OpenAsync(stoppingToken);
            foreach (var engine in host.Engines) Describe(engine);
            backend.Serves(host);
            Console.WriteLine($"SanaLive is ready: {Address()}");
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            // Without engine or socket there is nothing to serve: a process that stays up would only look healthy.
            Failed = true;
            backend.Waits($"The server could not start: {e.Message}");
            if (e is RtcException or CheckpointException or ArgumentException or IOException or NotSupportedException or DllNotFoundException or InsufficientMemoryException) LogCannotStart(e.Message);
            else LogBroken(e);
            lifetime.StopApplication();
        }
    }

    /// <summary>
    /// Sessions finish their blocks and are saved while the connections are being ended. Runs before the connections are: who registers
    /// last is called first, and theirs were registered when they began to listen.
    /// </summary>
    private void StopSessions()
    {
        if (host is null) return;
        stopping = host.Sessions.StopAsync();
        // Those who follow a session are sent its last view, which says what happens, before their connection ends.
        Task.WhenAny(stopping, Task.Delay(Farewell)).Wait();
    }

    private string Address()
    {
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        var bound = addresses.Select(address => BindingAddress.Parse(address)).FirstOrDefault();
        if (bound is null) return "no address";
        var host = bound.Host is "127.0.0.1" or "[::1]" or "0.0.0.0" or "[::]" or "localhost" ? "localhost" : bound.Host;
        return $"http://{host}:{bound.Port}";
    }

    private void Describe(IEngine engine)
    {
        var facts = engine.Facts;
        LogEngine(engine.Name, engine.Model.Name, facts.Kernels, facts.Precision, facts.Threads,
            engine.MeasuredBlocksPerSecond * engine.Model.BlockDuration.TotalSeconds, facts.Reason);
    }

    [LoggerMessage(Level = LogLevel.Information, Message =
        "Engine {Engine} runs {Model} on {Kernels} in {Precision} with {Threads} threads, {RealTime:F1} times real time. {Reason}")]
    private partial void LogEngine(string engine, string model, string kernels, string precision, int threads, double realTime, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message =
        "An engine or the place where sessions are kept does not answer, and the server ends without it: sessions go on from their last snapshots")]
    private partial void LogLeft();

    [LoggerMessage(Level = LogLevel.Critical, Message = "SanaLive cannot start: {Sentence}")]
    private partial void LogCannotStart(string sentence);

    [LoggerMessage(Level = LogLevel.Critical, Message = "SanaLive cannot start")]
    private partial void LogBroken(Exception exception);
}
