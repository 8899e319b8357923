using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Configuration;
using Orleans.Serialization;
using SanaLive.Grains.Places;
using SanaLive.Grains.Placement;
using SanaLive.Grains.Sessions;
using SanaLive.Grains.Silos;

namespace SanaLive.Grains.Clustering;

/// <summary>How silos and their clients are put together.</summary>
public static class ClusterSetup
{
    private const string Npgsql = "Npgsql";

    /// <summary>
    /// A silo with engines. What it runs must be among the services: an <see cref="SanaLive.Sessions.InProcessSessionHost"/> on a store that all silos
    /// share, that store, and an <see cref="ILineStore"/>.
    /// </summary>
    public static ISiloBuilder AddSanaLive(this ISiloBuilder silo, ClusterTimings timings)
    {
        silo.Services.AddSingleton(timings);
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.AddTypes();
        silo.Services.AddSingleton<SiloSessions>();
        silo.Services.AddSingleton<SiloReporter>();
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(services => services.GetRequiredService<SiloReporter>());
        silo.Services.AddSingleton<SiloDrain>();
        silo.Services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(services => services.GetRequiredService<SiloDrain>());
        silo.AddPlacementDirector<SessionPlacement, SessionPlacementDirector>();
        silo.AddPlacementDirector<SiloPlacement, SiloPlacementDirector>();
        silo.AddActivityPropagation();
        // The default directory takes healthy sessions along when a silo leaves: the one that knows it.
#pragma warning disable ORLEANSEXP003
        silo.AddDistributedGrainDirectory();
#pragma warning restore ORLEANSEXP003
        silo.Configure<GrainDirectoryOptions>(options => options.RangeLeaseDuration = timings.DirectoryLease);
        silo.Configure<SiloMessagingOptions>(options => options.MaxMessageBodySize = timings.LargestMessage);
        silo.Configure<ClusterMembershipOptions>(options =>
        {
            options.ProbeTimeout = timings.ProbeTimeout;
            options.NumMissedProbesLimit = timings.MissedProbes;
            options.NumVotesForDeathDeclaration = timings.Votes;
            options.TableRefreshTimeout = timings.TableRefresh;
        });
        return silo;
    }

    /// <summary>Has a silo find the others.</summary>
    public static ISiloBuilder Join(this ISiloBuilder silo, ClusterAddress cluster, IPAddress? advertised, int siloPort, int gatewayPort)
    {
        if (cluster.Database is null) return silo.UseLocalhostClustering(siloPort, gatewayPort, null, cluster.Name, cluster.Name);
        silo.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (cluster.Name, cluster.Name));
        silo.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = (Npgsql, cluster.Database));
        return silo.Configure<EndpointOptions>(options =>
        {
            (options.SiloPort, options.GatewayPort) = (siloPort, gatewayPort);
            if (advertised is null) return;
            options.AdvertisedIPAddress = advertised;
            // Loopback is for this machine alone; another address may be a mapping of ours.
            var listen = IPAddress.IsLoopback(advertised) ? advertised : IPAddress.Any;
            (options.SiloListeningEndpoint, options.GatewayListeningEndpoint) = (new(listen, siloPort), new(listen, gatewayPort));
        });
    }

    /// <summary>A client of a cluster: a web server.</summary>
    public static IClientBuilder AddSanaLive(this IClientBuilder client, ClusterTimings timings)
    {
        client.Services.AddTypes();
        client.AddActivityPropagation();
        client.Configure<GatewayOptions>(options => options.GatewayListRefreshPeriod = timings.GatewayRefresh);
        return client.Configure<ClientMessagingOptions>(options => options.MaxMessageBodySize = timings.LargestMessage);
    }

    /// <summary>Has a client find the silos.</summary>
    public static IClientBuilder Find(this IClientBuilder client, ClusterAddress cluster)
    {
        client.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (cluster.Name, cluster.Name));
        if (cluster.Database is null) return client.UseStaticClustering(cluster.Gateway!);
        return client.UseAdoNetClustering(options => (options.Invariant, options.ConnectionString) = (Npgsql, cluster.Database));
    }

    /// <summary>The seam's own types travel as JSON, in which they are written to the disk and told to clients, too.</summary>
    private static void AddTypes(this IServiceCollection services) => services.AddSerializer(serializer =>
    {
        serializer.AddAssembly(typeof(ISessionGrain).Assembly);
        serializer.AddJsonSerializer(IsOurs, new JsonSerializerOptions { RespectNullableAnnotations = true });
    });

    private static bool IsOurs(Type type) =>
        !typeof(Exception).IsAssignableFrom(type) && type.Namespace is { } space && !type.IsArray
        && (space.StartsWith("SanaLive.Sessions", StringComparison.Ordinal) || space.StartsWith("SanaLive.Runtime", StringComparison.Ordinal));
}
