using Microsoft.Extensions.Logging;
using SanaLive.Grains.Clustering;
using SanaLive.Grains.Silos;
using SanaLive.Grains.Telemetry;

namespace SanaLive.Grains.Places;

/// <inheritdoc cref="IPlacesGrain"/>
public sealed partial class PlacesGrain(ILineStore store, ClusterTimings timings, TimeProvider time, ILogger<PlacesGrain> log) : Grain, IPlacesGrain
{
    /// <summary>How long a place that somebody was sent to counts as taken before the silo says so itself, and how long nobody is sent to a silo twice.</summary>
    private static readonly TimeSpan Sent = TimeSpan.FromSeconds(3);

    /// <summary>How long a session that no silo has reported as waiting keeps its turn: it may be on its way, or its silo has just died.</summary>
    private static readonly TimeSpan Unseen = TimeSpan.FromSeconds(20);

    private readonly Dictionary<SiloAddress, (SiloReport Report, DateTimeOffset At)> _silos = [];
    private readonly List<(SiloAddress Silo, DateTimeOffset Until)> _promised = [];
    private readonly Dictionary<string, DateTimeOffset> _moving = [];
    private WaitingLine _line = new(new Dictionary<string, long>());

    public override async Task OnActivateAsync(CancellationToken cancellationToken) =>
        _line = new WaitingLine(await store.ReadAsync(cancellationToken));

    public async Task<LineView> ReportAsync(SiloReport report)
    {
        var now = time.GetUtcNow();
        _silos[report.Silo] = (report, now);
        Forget(now);
        foreach (var session in _line.Newcomers(report.Waiting)) _line.Add(session, await store.AddAsync(session), now);
        foreach (var session in _line.Seen(_silos.Values.SelectMany(one => one.Report.Waiting), now, Unseen)) await store.RemoveAsync(session);
        Advance(now);
        var positions = _line.Positions(_silos.Values.SelectMany(one => one.Report.Waiting));
        var elsewhere = positions.Where(one => !report.Waiting.Contains(one.Key)).Select(one => one.Value).DefaultIfEmpty(int.MaxValue).Min();
        return new LineView(report.Waiting.Where(positions.ContainsKey).ToDictionary(session => session, session => positions[session]), elsewhere);
    }

    public Task ForgetAsync(SiloAddress silo)
    {
        _silos.Remove(silo);
        return Task.CompletedTask;
    }

    public Task<SiloAddress?> PickAsync(SiloAddress[] among)
    {
        var now = time.GetUtcNow();
        Forget(now);
        var candidates = Serving(now).Where(one => among.Contains(one.Silo)).ToList();
        if (candidates.Count == 0) return Task.FromResult<SiloAddress?>(null);
        var best = candidates.MaxBy(one => (Free(one) - one.Waiting.Length, -one.Sessions))!;
        _promised.Add((best.Silo, now + Sent));
        return Task.FromResult<SiloAddress?>(best.Silo);
    }

    public Task<SiloReport[]> ReportsAsync()
    {
        Forget(time.GetUtcNow());
        return Task.FromResult<SiloReport[]>([.. _silos.Values.Select(one => one.Report).OrderBy(report => report.Name)]);
    }

    /// <summary>Whoever waits on one silo goes to another that has room, the first in line first.</summary>
    private void Advance(DateTimeOffset now)
    {
        foreach (var session in _line.InOrder())
        {
            if (_moving.ContainsKey(session)) continue;
            if (_silos.Values.FirstOrDefault(one => one.Report.Waiting.Contains(session)).Report is not { } from) continue;
            if (Free(from) > 0)
            {
                // Its own silo gives it the place.
                _promised.Add((from.Silo, now + timings.Look));
                continue;
            }

            if (Serving(now).Where(one => !one.Silo.Equals(from.Silo) && Free(one) > 0).MaxBy(Free) is not { } to) return;
            _promised.Add((to.Silo, now + Sent));
            _moving[session] = now + timings.Migration;
            _ = SendAsync(session, from.Silo, to.Silo);
        }
    }

    private async Task SendAsync(string session, SiloAddress from, SiloAddress to)
    {
        try
        {
            await GrainFactory.GetGrain<ISiloGrain>(from.ToParsableString()).MoveAwayAsync(session, to);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            // It waits on, and is sent again.
            LogNotSent(e, GrainTelemetry.Tag(session));
        }
        finally
        {
            _moving.Remove(session);
        }
    }

    private IEnumerable<SiloReport> Serving(DateTimeOffset now) =>
        _silos.Values.Where(one => one.Report is { IsDraining: false, Places: > 0 } && one.At + timings.Fresh > now).Select(one => one.Report);

    private int Free(SiloReport silo) => silo.Free - _promised.Count(one => one.Silo.Equals(silo.Silo));

    private void Forget(DateTimeOffset now)
    {
        _promised.RemoveAll(one => one.Until <= now);
        foreach (var (session, until) in _moving.ToList())
            if (until <= now) _moving.Remove(session);
        foreach (var (silo, (_, at)) in _silos.ToList())
            if (at + 3 * timings.Fresh <= now) _silos.Remove(silo);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {Session} could not be sent to a silo with room; it waits on")]
    private partial void LogNotSent(Exception exception, string session);
}
