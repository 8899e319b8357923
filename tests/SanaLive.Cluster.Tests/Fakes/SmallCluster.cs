using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.TestingHost;
using SanaLive.Grains.Clustering;
using SanaLive.Grains.Places;
using SanaLive.Grains.Sessions;
using SanaLive.Grains.Silos;
using SanaLive.Sessions;
using SanaLive.Sessions.Durability;
using SanaLive.Sessions.Tests.Fakes;

namespace SanaLive.Cluster.Tests.Fakes;

/// <summary>
/// Silos of one process on one store, each with an engine stub that makes a block of half a second in a few milliseconds, and a client: what a web
/// server is. Blocks depend on all that should decide them, so equal hashes mean equal streams.
/// </summary>
internal sealed class SmallCluster : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sanalive-cluster-").FullName;
    private readonly FileSessionStore _store;
    private readonly MemoryLineStore _line = new();
    private readonly ConcurrentDictionary<string, InProcessSessionHost> _hosts = new();
    private readonly InProcessTestCluster _cluster;

    private SmallCluster(int silos, SessionOptions options, ClusterTimings timings)
    {
        _store = new FileSessionStore(_folder);
        var builder = new InProcessTestClusterBuilder((short)silos);
        builder.Options.ConfigureFileLogging = false;
        builder.Options.UseDistributedGrainDirectory = true;
        builder.ConfigureSiloHost((silo, host) =>
        {
            var sessions = NewHost(silo.SiloName, options);
            _hosts[silo.SiloName] = sessions;
            host.Services.AddSingleton(sessions).AddSingleton<ISessionStore>(_store).AddSingleton<ILineStore>(_line);
            host.Logging.SetMinimumLevel(LogLevel.Error);
        });
        builder.ConfigureSilo((_, silo) => silo.AddSanaLive(timings));
        builder.ConfigureClient(client => client.AddSanaLive(timings));
        _cluster = builder.Build();
        Timings = timings;
    }

    public ClusterTimings Timings { get; }

    public ISessionHost Host { get; private set; } = null!;

    public IGrainFactory Grains => _cluster.Client;

    public IReadOnlyList<InProcessSiloHandle> Silos => _cluster.Silos;

    public static async Task<SmallCluster> StartAsync(int silos = 2, Action<SessionOptions>? configure = null, Action<ClusterTimings>? time = null)
    {
        var options = new SessionOptions { BlendBlocks = 0, SessionsPerEngine = 8 };
        configure?.Invoke(options);
        var timings = new ClusterTimings();
        time?.Invoke(timings);
        var cluster = new SmallCluster(silos, options, timings);
        await cluster._cluster.DeployAsync();
        var host = new OrleansSessionHost(cluster.Grains, timings, TimeProvider.System, NullLogger<OrleansSessionHost>.Instance);
        await host.ReadyAsync(default);
        await cluster.UntilAsync(async () => (await host.EnginesAsync(default)).Count == silos);
        cluster.Host = host;
        return cluster;
    }

    /// <summary>The host that sessions have without a cluster, on an equal engine: what it makes is what a cluster has to make.</summary>
    public static InProcessSessionHost NewHost(string name, SessionOptions options, ISessionStore? store) => new(
        [new FakeEngine(TimeProvider.System, $"{name}-cpu-0") { BlockTime = TimeSpan.FromMilliseconds(5) }], new QuickEncoder(), new FakePictureReader(),
        Options.Create(options), TimeProvider.System, NullLogger<InProcessSessionHost>.Instance, store);

    public SiloSessions SessionsOf(InProcessSiloHandle silo) => _cluster.GetSiloServiceProvider(silo.SiloAddress).GetRequiredService<SiloSessions>();

    /// <summary>The silo that has a session, and one that has not.</summary>
    public async Task<(InProcessSiloHandle Here, InProcessSiloHandle There)> WhereAsync(string session)
    {
        var here = await Grains.GetGrain<ISessionGrain>(session).WhereAsync();
        return (Silos.Single(silo => silo.SiloAddress.Equals(here)), Silos.First(silo => !silo.SiloAddress.Equals(here)));
    }

    public string EngineOf(InProcessSiloHandle silo) => $"{silo.Name}-cpu-0";

    public Task StopAsync(InProcessSiloHandle silo) => _cluster.StopSiloAsync(silo);

    public Task KillAsync(InProcessSiloHandle silo) => _cluster.KillSiloAsync(silo);

    public Task<InProcessSiloHandle> AddAsync() => _cluster.StartAdditionalSiloAsync();

    /// <summary>Asks again and again, for three minutes.</summary>
    public async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (!await holds()) await Task.Delay(50, patience.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _cluster.StopAllSilosAsync();
        await _cluster.DisposeAsync();
        foreach (var host in _hosts.Values) await host.DisposeAsync();
        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private InProcessSessionHost NewHost(string name, SessionOptions options) => NewHost(name, options, _store);
}
