using Microsoft.AspNetCore.Http.HttpResults;
using SanaLive.Sessions.Engines;
using SanaLive.Web.Hosting;
using SanaLive.Web.Sessions;

namespace SanaLive.Web.Engines;

/// <summary>To take an engine out of service and put it back, for operators. What engines there are is in the server's status.</summary>
public static class EngineEndpoints
{
    public static void MapEngines(this WebApplication app)
    {
        var engine = app.MapGroup("/api/engines/{name}");
        engine.MapPost("drain", DrainAsync).ForOperators();
        engine.MapPost("serve", ServeAsync).ForOperators();
    }

    private static async Task<Ok<EngineView>> DrainAsync(string name, Backend backend, CancellationToken cancellation) =>
        TypedResults.Ok(await backend.Sessions.DrainAsync(name, cancellation));

    private static async Task<Ok<EngineView>> ServeAsync(string name, Backend backend, CancellationToken cancellation) =>
        TypedResults.Ok(await backend.Sessions.ServeAsync(name, cancellation));
}
