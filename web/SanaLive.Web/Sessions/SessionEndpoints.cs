using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using SanaLive.Sessions;
using SanaLive.Sessions.Replay;
using SanaLive.Web.Hosting;

namespace SanaLive.Web.Sessions;

/// <summary>To make a session, look at it, stop it and start it again.</summary>
public static class SessionEndpoints
{
    public static void MapSessions(this WebApplication app)
    {
        var sessions = app.MapGroup("/api/sessions");
        sessions.MapPost("", CreateAsync).Limited(limits => limits.Creations).WithMetadata(new RequestSizeLimitAttribute(RequestLimits.CreationBytes));
        sessions.MapGet("", ListAsync).ForOperators();
        sessions.MapGet("{id}", GetAsync);
        sessions.MapGet("{id}/blocks", BlocksAsync);
        sessions.MapGet("{id}/schedule", ScheduleAsync);

        var directed = sessions.MapGroup("{id}").ForDirectors();
        directed.MapPost("pause", PauseAsync);
        directed.MapPost("resume", ResumeAsync);
        directed.MapPost("restart", RestartAsync);
        directed.MapPost("move", MoveAsync);
        directed.MapDelete("", CloseAsync);
    }

    private static async Task<Created<SessionStarted>> CreateAsync(HttpRequest request, Backend backend, CancellationToken cancellation)
    {
        var asked = await CreationRequest.ReadAsync(request, cancellation);
        var started = SessionStarted.From(await backend.Sessions.CreateAsync(Checked(asked), cancellation));
        return TypedResults.Created($"/api/sessions/{started.Id}", started);
    }

    private static async Task<Ok<IReadOnlyList<SessionView>>> ListAsync(Backend backend, CancellationToken cancellation) =>
        TypedResults.Ok(await backend.Sessions.ListAsync(cancellation));

    private static async Task<Ok<SessionView>> GetAsync(string id, Backend backend, CancellationToken cancellation) =>
        TypedResults.Ok(await backend.Sessions.GetAsync(id, cancellation));

    private static async Task<Ok<SessionView>> PauseAsync(string id, Backend backend, CancellationToken cancellation) =>
        TypedResults.Ok(await backend.Sessions.PauseAsync(id, cancellation));

    private static async Task<Ok<SessionView>> ResumeAsync(string id, Backend backend, CancellationToken cancellation) =>
        TypedResults.Ok(await backend.Sessions.ResumeAsync(id, cancellation));

    private static async Task<Ok<SessionView>> RestartAsync(string id, Backend backend, CancellationToken cancellation) =>
        TypedResults.Ok(await backend.Sessions.RestartAsync(id, cancellation));

    private static async Task<Ok<SessionView>> MoveAsync(string id, MoveRequest request, Backend backend, CancellationToken cancellation) =>
        TypedResults.Ok(await backend.Sessions.MoveAsync(id, request.Engine, cancellation));

    private static async Task<Ok<IReadOnlyList<MadeBlock>>> BlocksAsync(string id, Backend backend, CancellationToken cancellation) =>
        TypedResults.Ok(await backend.Sessions.BlocksAsync(id, cancellation));

    private static async Task<Ok<ScheduleExport>> ScheduleAsync(string id, Backend backend, CancellationToken cancellation) =>
        TypedResults.Ok(await backend.Sessions.ScheduleAsync(id, cancellation));

    private static async Task<NoContent> CloseAsync(string id, Backend backend, CancellationToken cancellation)
    {
        await backend.Sessions.CloseAsync(id, cancellation);
        return TypedResults.NoContent();
    }

    /// <exception cref="SessionException">The seed would not survive a JSON client.</exception>
    internal static CreateSession Checked(CreateSession? request) => request is { Seed: > CreateSession.MaxSeed } or { Replay.Seed: > CreateSession.MaxSeed }
        ? throw new SessionException(SessionError.Invalid, $"The seed must be 0 to {CreateSession.MaxSeed}.")
        : request ?? new CreateSession();
}
