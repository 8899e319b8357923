namespace SanaLive.Web.Hosting;

/// <summary>Answers what needs a session host with 503 and the reason until there is one.</summary>
internal static class ReadinessGate
{
    private static readonly PathString[] NeedHost = ["/api/sessions", "/api/models", "/whep", "/hub"];

    public static void UseReadinessGate(this WebApplication app)
    {
        var backend = app.Services.GetRequiredService<Backend>();
        app.Use(async (context, next) =>
        {
            if (backend.Reason is { } reason && Array.Exists(NeedHost, path => context.Request.Path.StartsWithSegments(path)))
            {
                await Refusal.Later(context, StatusCodes.Status503ServiceUnavailable, reason, TimeSpan.FromSeconds(1)).ExecuteAsync(context);
                return;
            }

            await next(context);
        });
    }
}
