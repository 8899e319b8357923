using System.Net;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace SanaLive.Web.Hosting;

/// <summary>Where the server listens, what it writes to its log, and what it believes.</summary>
internal static class ServerSetup
{
    /// <summary>The options from configuration, and the host set up as they say.</summary>
    public static ServerOptions AddServer(this WebApplicationBuilder builder, CommandLine commandLine)
    {
        builder.Configuration.AddInMemoryCollection(commandLine.Settings);
        var options = ServerOptions.From(builder.Configuration);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<RequestLimits>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(8));
        builder.WebHost.ConfigureKestrel(kestrel => Listen(kestrel, options));
        builder.Logging.ClearProviders().AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
        });
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);

        // Startup logs a failure itself, with a sentence; Kestrel's is told by Program.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        return options;
    }

    /// <summary>JSON and problem documents: how every answer is written.</summary>
    public static void AddAnswers(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(json => JsonSettings.Apply(json.SerializerOptions));
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.AddProblemDetails();
        services.AddExceptionHandler<ProblemHandler>();
    }

    /// <summary>Believes forwarding headers of the named proxies only, and lets the named origins in.</summary>
    public static void AddOutsiders(this IServiceCollection services, ServerOptions options)
    {
        services.Configure<ForwardedHeadersOptions>(forwarded =>
        {
            forwarded.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;
            forwarded.KnownProxies.Clear();
            forwarded.KnownIPNetworks.Clear();
            foreach (var proxy in options.TrustedProxies) forwarded.KnownProxies.Add(proxy);
        });
        services.AddCors(cors => cors.AddDefaultPolicy(policy => Allow(policy, options.AllowedOrigins)));
    }

    public static void UseOutsiders(this WebApplication app, ServerOptions options)
    {
        if (options.TrustedProxies.Count > 0) app.UseForwardedHeaders();
        if (options.AllowedOrigins.Count > 0) app.UseCors();
    }

    /// <summary>Every refusal is a problem document, those of the framework too.</summary>
    public static void UseAnswers(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseStatusCodePages(async status =>
        {
            var context = status.HttpContext;
            await Refusal.Of(context.Response.StatusCode, Sentence(context)).ExecuteAsync(context);
        });
    }

    private static string Sentence(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => $"There is nothing at {context.Request.Path}. The API is described in docs/api.md.",
        StatusCodes.Status405MethodNotAllowed => $"{context.Request.Method} is not done here. The header Allow says what is.",
        StatusCodes.Status415UnsupportedMediaType => "The body must be JSON, sent with Content-Type: application/json.",
        StatusCodes.Status413PayloadTooLarge => RequestLimits.SentenceOnSize(context),
        var other => $"The request was refused with status {other}.",
    };

    private static void Allow(CorsPolicyBuilder policy, IReadOnlyList<string> origins)
    {
        policy.AllowAnyHeader().AllowAnyMethod().WithExposedHeaders("Location", "Retry-After", "Accept-Post");
        if (origins.Contains("*")) policy.AllowAnyOrigin();
        else policy.WithOrigins([.. origins]).AllowCredentials();
    }

    private static void Listen(KestrelServerOptions kestrel, ServerOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = RequestLimits.BodyBytes;
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
        kestrel.Limits.MaxConcurrentConnections = 20_000;
        kestrel.Limits.MaxConcurrentUpgradedConnections = 10_000;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        switch (options.ListenAddress)
        {
            case { } address:
                kestrel.Listen(address, options.Port);
                break;
            case null when options.Port == 0:
                kestrel.Listen(IPAddress.Loopback, 0);
                break;
            default:
                kestrel.ListenLocalhost(options.Port);
                break;
        }
    }
}
