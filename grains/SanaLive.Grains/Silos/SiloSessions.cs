using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Orleans.Runtime.Placement;
using SanaLive.Grains.Clustering;
using SanaLive.Grains.Places;
using SanaLive.Grains.Sessions;
using SanaLive.Grains.Telemetry;
using SanaLive.Sessions;
using SanaLive.Sessions.Handover;

namespace SanaLive.Grains.Silos;

/// <summary>The sessions of this silo: the host that they live in, their grains, and their ways out.</summary>
public sealed partial class SiloSessions
{
    private readonly ConcurrentDictionary<string, SessionGrain> _grains = new();
    private readonly ConcurrentDictionary<SiloAddress, SemaphoreSlim> _ways = new();
    private readonly ILocalSiloDetails _silo;
    private readonly IGrainFactory _factory;
    private readonly IMembershipTable _members;
    private readonly TimeProvider _time;
    private readonly ILogger<SiloSessions> _log;
    private volatile bool _drains;

    /// <param name="host">On engines of this machine and a store that all silos share.</param>
    /// <param name="silo">This silo.</param>
    /// <param name="factory">Of grains.</param>
    /// <param name="members">Of the cluster.</param>
    /// <param name="timings">The same for all silos.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">The log.</param>
    public SiloSessions(
        InProcessSessionHost host, ILocalSiloDetails silo, IGrainFactory factory, IMembershipTable members, ClusterTimings timings, TimeProvider time, ILogger<SiloSessions> log)
    {
        (Host, _silo, _factory, _members, Timings, _time, _log) = (host, silo, factory, members, timings, time, log);
        host.Ended += OnEnded;
    }

    public InProcessSessionHost Host { get; }

    public ClusterTimings Timings { get; }

    public SiloAddress Address => _silo.SiloAddress;

    public string Name => _silo.Name;

    /// <summary>Takes no sessions: those that it has are being moved.</summary>
    public bool IsDraining => _drains;

    public int Count => _grains.Count;

    internal void Add(string session, SessionGrain grain) => _grains[session] = grain;

    internal void Remove(string session, SessionGrain grain) => _grains.TryRemove(new(session, grain));

    /// <summary>
    /// Whether the cluster counts this silo in, by the table itself: one that stood still may have been declared dead without knowing it yet, and
    /// what it took over now would be taken from a silo that lives.
    /// </summary>
    public async Task<bool> BelongsAsync() =>
        (await _members.ReadRow(Address)).Members.Any(member => member.Item1.Status is not (SiloStatus.Dead or SiloStatus.None));

    internal void CannotReadHandover(string session, Exception error) => LogCannotReadHandover(error, GrainTelemetry.Tag(session));

    /// <summary>
    /// Sends a session to another silo, by grain migration, and returns when it has left. One at a time goes to each silo: the framework would put
    /// several into one message. Those that wait for their turn go on streaming meanwhile.
    /// </summary>
    public async Task MoveAwayAsync(string session, SiloAddress to, CancellationToken cancellation)
    {
        if (to.Equals(Address)) return;
        var way = _ways.GetOrAdd(to, _ => new SemaphoreSlim(1));
        await way.WaitAsync(cancellation);
        try
        {
            if (!_grains.TryGetValue(session, out var grain)) return;
            var began = _time.GetTimestamp();
            using var activity = GrainTelemetry.Start("session.migrate", session);
            activity?.SetTag("sanalive.to", to.ToString());
            // An enumeration that waits for a block would hold the deactivation up.
            grain.Leave();
            grain.GrainContext.Migrate(new Dictionary<string, object> { [IPlacementDirector.PlacementHintKey] = to }, cancellation);
            await grain.GrainContext.Deactivated.WaitAsync(Timings.Migration, _time, cancellation);
            var took = _time.GetElapsedTime(began);
            GrainTelemetry.MigrationCount.Add(1);
            GrainTelemetry.MigrationTime.Record(took.TotalSeconds);
            LogMoved(GrainTelemetry.Tag(session), to, took.TotalMilliseconds);
        }
        finally
        {
            way.Release();
        }
    }

    /// <summary>Sends all sessions to other silos, as long as there are others; keeps taking none.</summary>
    public async Task DrainAsync(CancellationToken cancellation)
    {
        Drains(true);
        var sessions = _grains.Keys.ToList();
        if (sessions.Count == 0) return;
        LogDraining(sessions.Count);
        await Task.WhenAll(sessions.Select(session => SendAnywhereAsync(session, cancellation)));
        LogDrained(_grains.Count);
    }

    /// <summary>For an operator: see <see cref="DrainAsync"/>; returns at once.</summary>
    public void DrainAll(bool drains)
    {
        if (_drains == drains) return;
        Drains(drains);
        if (drains) _ = DrainAsync(default);
    }

    private void Drains(bool drains)
    {
        _drains = drains;
        Host.DrainAll(drains);
    }

    private async Task SendAnywhereAsync(string session, CancellationToken cancellation)
    {
        try
        {
            var places = _factory.GetGrain<IPlacesGrain>(0);
            var others = (await places.ReportsAsync()).Where(one => !one.Silo.Equals(Address) && !one.IsDraining).Select(one => one.Silo).ToArray();
            if (others.Length == 0 || await places.PickAsync(others) is not { } to)
            {
                LogNowhere(GrainTelemetry.Tag(session));
                return;
            }

            await MoveAwayAsync(session, to, cancellation);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException or OperationCanceledException)
        {
            // It is stopped and kept when the silo ends, and goes on where it is asked for.
            LogCannotSend(e, GrainTelemetry.Tag(session));
        }
    }

    private void OnEnded(SessionEnd end)
    {
        if (_grains.TryGetValue(end.Session, out var grain)) grain.End(end.IsElsewhere);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Session {Session} has gone to silo {Silo} in {Milliseconds:0} ms")]
    private partial void LogMoved(string session, SiloAddress silo, double milliseconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "This silo takes no more sessions; its {Sessions} go to other silos")]
    private partial void LogDraining(int sessions);

    [LoggerMessage(Level = LogLevel.Information, Message = "This silo is drained; {Sessions} sessions are left on it")]
    private partial void LogDrained(int sessions);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {Session} has nowhere to go: no other silo takes sessions. It is kept, and goes on when one does")]
    private partial void LogNowhere(string session);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {Session} could not be sent to another silo; it is kept, and goes on where it is asked for")]
    private partial void LogCannotSend(Exception exception, string session);

    [LoggerMessage(Level = LogLevel.Warning, Message = "What was handed over with session {Session} cannot be read; it goes on from its snapshot")]
    private partial void LogCannotReadHandover(Exception exception, string session);
}
