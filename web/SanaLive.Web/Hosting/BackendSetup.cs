namespace SanaLive.Web.Hosting;

/// <summary>What the requests are served from.</summary>
internal static class BackendSetup
{
    public static void AddBackend(this IServiceCollection services, ServerOptions options)
    {
        services.AddSingleton<Backend>();
        if (options.Cluster is null) services.AddSingleton<ISessionHostSource, EngineHostSource>();
        else services.AddSingleton<ISessionHostSource>(provider => ActivatorUtilities.CreateInstance<ClusterHostSource>(provider, InstallPaths.Cluster));
        services.AddSingleton<UnobservedExceptions>();
        services.AddHostedService(provider => provider.GetRequiredService<UnobservedExceptions>());
        services.AddSingleton<Startup>();
        services.AddHostedService(provider => provider.GetRequiredService<Startup>());
    }
}
