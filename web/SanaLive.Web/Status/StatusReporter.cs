using SanaLive.Sessions;
using SanaLive.Web.Hosting;
using SanaLive.Web.Relay;
using SanaLive.Web.Whep;

namespace SanaLive.Web.Status;

/// <summary>Gathers a <see cref="StatusView"/> from the parts.</summary>
public sealed class StatusReporter(Backend backend, IViewerEndpoint endpoint, Viewers viewers, RelayPool relays, UnobservedExceptions unobserved, ServerOptions options)
{
    public async Task<StatusView> ReadAsync(CancellationToken cancellation)
    {
        var sessions = backend.IsReady ? await backend.Sessions.ListAsync(cancellation) : [];
        var load = backend.IsReady ? await backend.Sessions.LoadAsync(cancellation) : new SessionLoad(0, 0, 0, 0);
        var views = backend.IsReady ? await backend.Sessions.EnginesAsync(cancellation) : [];
        return new StatusView
        {
            Version = CommandLine.Version,
            Ready = backend.IsReady,
            Reason = backend.Reason,
            Uptime = backend.Uptime,
            Engines =
            [
                .. from engine in views
                   select new StatusView.EngineStatus(
                       engine.Name, engine.Model, engine.QueueLength, engine.BlocksPerSecond, engine.RealTimeFactor, engine.Facts, engine.State, engine.Reason, engine.Epoch,
                       engine.Places, engine.Active, engine.Sessions),
            ],
            Capacity = load.Capacity,
            Admission = new(
                load.Active, load.Queued, load.IsFull, options.Sessions.QueueLength, options.Sessions.MaxSessions, options.Sessions.SessionsPerEngine,
                options.Sessions.Reserve),
            Sessions = Count(sessions),
            Durability = new(
                backend.Kept, sessions.Count(session => session.Durability is { Durable: false }),
                sessions.FirstOrDefault(session => session.Durability is { Durable: false })?.Durability?.Reason),
            Viewers = viewers.Connected,
            Rtc = new(
                endpoint.Port, [.. endpoint.AdvertisedEndPoints.Select(address => address.ToString())], viewers.Totals, endpoint.Statistics),
            Relays = relays.Statistics,
            Process = new(
                Environment.WorkingSet, GC.GetTotalMemory(forceFullCollection: false), GC.GetGCMemoryInfo(GCKind.Any).TotalCommittedBytes, ThreadPool.ThreadCount,
                unobserved.Count),
        };
    }

    private static StatusView.SessionCounts Count(IReadOnlyList<SessionView> sessions)
    {
        return new(sessions.Count, Of(SessionStatus.Queued), Of(SessionStatus.Idle), Of(SessionStatus.Streaming),
            Of(SessionStatus.Paused), Of(SessionStatus.Failed));

        int Of(SessionStatus status) => sessions.Count(session => session.Status == status);
    }
}
