using Microsoft.Extensions.FileProviders;
using Microsoft.Net.Http.Headers;

namespace SanaLive.Web.Hosting;

/// <summary>The built page: its files, and one document behind all its addresses.</summary>
internal static class Page
{
    /// <summary>Styles may be inline (the framework sets some); scripts may not, and nothing comes from elsewhere.</summary>
    private const string Policy =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob: mediastream:; "
        + "connect-src 'self'; font-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'";

    private static readonly string[] Addresses = ["/", "/watch/{id}", "/direct/{id}"];

    public static void UseSecurityHeaders(this WebApplication app) => app.Use((context, next) =>
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        return next(context);
    });

    public static void MapPage(this WebApplication app)
    {
        var folder = app.Services.GetRequiredService<ServerOptions>().WebRoot ?? InstallPaths.Page;
        var document = Path.Combine(Path.GetFullPath(folder), "index.html");
        if (Directory.Exists(folder))
        {
            app.UseStaticFiles(new StaticFileOptions
            {
                FileProvider = new PhysicalFileProvider(Path.GetFullPath(folder)),

                // Vite names everything in assets/ by its contents.
                OnPrepareResponse = file => file.Context.Response.Headers.CacheControl =
                    file.Context.Request.Path.StartsWithSegments("/assets") ? "public,max-age=31536000,immutable" : "no-cache",
            });
        }

        foreach (var address in Addresses)
        {
            app.MapMethods(address, ["GET", "HEAD"], IResult (HttpContext context) =>
            {
                context.Response.Headers[HeaderNames.CacheControl] = "no-cache";
                return File.Exists(document)
                    ? TypedResults.PhysicalFile(document, "text/html; charset=utf-8")
                    : Refusal.Of(StatusCodes.Status404NotFound, "The page is not built. './sanalive run' builds it; the API works without it.");
            });
        }
    }
}
