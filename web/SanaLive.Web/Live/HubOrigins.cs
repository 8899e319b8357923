using SanaLive.Web.Hosting;

namespace SanaLive.Web.Live;

/// <summary>Browsers let any page open a WebSocket or send a form to anywhere, without asking first; so whose page may is decided here.</summary>
internal static class HubOrigins
{
    public static void UseHubOrigins(this WebApplication app)
    {
        var allowed = app.Services.GetRequiredService<ServerOptions>().AllowedOrigins;
        app.Use(async (context, next) =>
        {
            if ((context.Request.Path.StartsWithSegments("/hub") || context.Request.HasFormContentType) && !MayCome(context.Request, allowed))
            {
                await Refusal.Of(
                    StatusCodes.Status403Forbidden,
                    $"Pages of {context.Request.Headers.Origin} may not use this server. Its operator can allow them with --allow-origin.")
                    .ExecuteAsync(context);
                return;
            }

            await next(context);
        });
    }

    private static bool MayCome(HttpRequest request, IReadOnlyList<string> allowed)
    {
        var origin = request.Headers.Origin.ToString();
        if (origin.Length == 0 || allowed.Contains("*") || allowed.Contains(origin, StringComparer.OrdinalIgnoreCase)) return true;
        return Uri.TryCreate(origin, UriKind.Absolute, out var uri)
            && string.Equals(uri.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase);
    }
}
