using Microsoft.AspNetCore.Http.HttpResults;
using SanaLive.Grains.Silos;

namespace SanaLive.Silo;

/// <summary>For whatever starts, watches and stops silos.</summary>
internal static class HealthEndpoints
{
    private static readonly string[] GetOrHead = ["GET", "HEAD"];

    public static void MapHealth(this WebApplication app)
    {
        app.MapMethods("/healthz", GetOrHead, () => TypedResults.Text("healthy"));
        app.MapMethods("/readyz", GetOrHead, Ready);
        // What an orchestrator calls before it ends the process: returns when the sessions are elsewhere.
        app.MapPost("/drain", async (SiloSessions silo, CancellationToken cancellation) =>
        {
            await silo.DrainAsync(cancellation);
            return TypedResults.Text($"drained, {silo.Count} sessions left");
        });
    }

    private static ContentHttpResult Ready(SiloSessions silo) => silo.IsDraining
        ? TypedResults.Text($"draining, {silo.Count} sessions left", statusCode: StatusCodes.Status503ServiceUnavailable)
        : TypedResults.Text($"ready, {silo.Count} sessions");
}
