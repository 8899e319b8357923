using Microsoft.Extensions.Logging;
using SanaLive.Grains.Places;
using SanaLive.Sessions.Durability;

namespace SanaLive.Grains.Silos;

/// <summary>Tells <see cref="IPlacesGrain"/> what this silo has, as soon as it changes, and the sessions that wait here where they stand.</summary>
public sealed partial class SiloReporter(SiloSessions silo, ISessionStore store, IGrainFactory grains, TimeProvider time, ILogger<SiloReporter> log) : ILifecycleParticipant<ISiloLifecycle>
{
    private readonly CancellationTokenSource _ending = new();
    private readonly SemaphoreSlim _reporting = new(1);
    private Task _loop = Task.CompletedTask;
    private SiloReport? _said;
    private DateTimeOffset _saidAt;

    public void Participate(ISiloLifecycle observer) => observer.Subscribe(
        nameof(SiloReporter), ServiceLifecycleStage.Active,
        _ =>
        {
            _loop = Task.Run(RunAsync, CancellationToken.None);
            return Task.CompletedTask;
        },
        async _ =>
        {
            await _ending.CancelAsync();
            await _loop;
        });

    /// <summary>Reports now.</summary>
    public async Task ReportAsync(CancellationToken cancellation)
    {
        await _reporting.WaitAsync(cancellation);
        try
        {
            await SayAsync(await ReadAsync(), cancellation);
        }
        finally
        {
            _reporting.Release();
        }
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                try
                {
                    var report = await ReadAsync();
                    if (_said is null || !_said.SaysTheSameAs(report) || time.GetUtcNow() - _saidAt >= silo.Timings.Report) await ReportAsync(_ending.Token);
                }
                catch (Exception e) when (e is OrleansException or TimeoutException)
                {
                    LogNotReported(e);
                }

                await Task.Delay(silo.Timings.Look, time, _ending.Token);
            }
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
        }
    }

    private async Task SayAsync(SiloReport report, CancellationToken cancellation)
    {
        var line = await grains.GetGrain<IPlacesGrain>(0).ReportAsync(report).WaitAsync(silo.Timings.Fresh, time, cancellation);
        (_said, _saidAt) = (report, time.GetUtcNow());
        silo.Host.StandInLine(line.Positions, line.FirstElsewhere);
    }

    private async Task<SiloReport> ReadAsync()
    {
        var load = silo.Host.Load;
        return new SiloReport
        {
            Silo = silo.Address,
            Name = silo.Name,
            Places = load.Capacity,
            Active = load.Active,
            Sessions = load.Sessions,
            Waiting = [.. silo.Host.Waiting],
            IsFull = load.IsFull,
            IsDraining = silo.IsDraining,
            Engines = [.. await silo.Host.EnginesAsync(default)],
            Model = silo.Host.Model,
            Kept = store.Place,
        };
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The other silos could not be told what room there is here; they are told again")]
    private partial void LogNotReported(Exception exception);
}
