using SanaLive.Web.Hosting;

namespace SanaLive.Web.Events;

/// <summary>A session's views as server-sent events.</summary>
public static class EventEndpoints
{
    public static void MapEvents(this WebApplication app) => app.MapGet("/api/sessions/{id}/events", FollowAsync);

    private static async Task<SessionEventStream> FollowAsync(
        string id, Backend backend, TimeProvider time, IHostApplicationLifetime lifetime, CancellationToken cancellation)
    {
        // An unknown session is a problem document, which a stream that has begun could no longer say.
        await backend.Sessions.GetAsync(id, cancellation);
        return new SessionEventStream(token => backend.Sessions.EventsAsync(id, token), time, lifetime.ApplicationStopping);
    }
}
