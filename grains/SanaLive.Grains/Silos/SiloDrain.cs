using Microsoft.Extensions.Logging;
using SanaLive.Grains.Places;

namespace SanaLive.Grains.Silos;

/// <summary>
/// A silo that is asked to stop sends its sessions away first: the framework would only deactivate them. The last stage is the first that is
/// stopped, while the silo still belongs to the cluster.
/// </summary>
public sealed partial class SiloDrain(SiloSessions silo, SiloReporter reporter, IGrainFactory grains, TimeProvider time, ILogger<SiloDrain> log) : ILifecycleParticipant<ISiloLifecycle>
{
    public void Participate(ISiloLifecycle observer) => observer.Subscribe(nameof(SiloDrain), ServiceLifecycleStage.Last, _ => Task.CompletedTask, DrainAsync);

    private async Task DrainAsync(CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(silo.Timings.Drain, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        try
        {
            await silo.DrainAsync(ending.Token);
            await reporter.ReportAsync(ending.Token);
            await grains.GetGrain<IPlacesGrain>(0).ForgetAsync(silo.Address);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException or OperationCanceledException)
        {
            LogNotDrained(e, silo.Count);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "This silo stops with {Sessions} sessions: they are kept, and go on where they are asked for")]
    private partial void LogNotDrained(Exception exception, int sessions);
}
