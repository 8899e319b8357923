namespace SanaLive.Web.Hosting;

/// <summary>What the requests are served from.</summary>
internal static class BackendSetup
{
    public static void AddBackend(this IServiceCollection services)
    {
        services.AddSingleton<Backend>();
        services.AddSingleton<ISessionHostSource, EngineHostSource>();
        services.AddSingleton<UnobservedExceptions>();
        services.AddHostedService(provider => provider.GetRequiredService<UnobservedExceptions>());
        services.AddSingleton<Startup>();
        services.AddHostedService(provider => provider.GetRequiredService<Startup>());
    }
}
