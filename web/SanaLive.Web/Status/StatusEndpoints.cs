using SanaLive.Web.Hosting;

namespace SanaLive.Web.Status;

/// <summary>How the server is: for people, and for what starts and watches it.</summary>
public static class StatusEndpoints
{
    private static readonly string[] GetOrHead = ["GET", "HEAD"];

    public static void MapStatus(this WebApplication app)
    {
        app.MapGet("/api/status", async (StatusReporter reporter, CancellationToken cancellation) =>
            TypedResults.Ok(await reporter.ReadAsync(cancellation)));
        app.MapMethods("/healthz", GetOrHead, () => TypedResults.Text("healthy"));
        app.MapMethods("/readyz", GetOrHead, (HttpContext context, Backend backend) => backend.Reason is { } reason
            ? (IResult)Refusal.Later(context, StatusCodes.Status503ServiceUnavailable, reason, TimeSpan.FromSeconds(1))
            : TypedResults.Text("ready"));
    }
}
