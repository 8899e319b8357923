using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SanaLive.Grains.Clustering;
using SanaLive.Grains.Sessions;
using SanaLive.Sessions.Remote;

namespace SanaLive.Grains;

/// <summary>What a web server that is told to use a cluster loads by this name.</summary>
public sealed class ClusterSessions : IRemoteSessions
{
    /// <summary>How long the first silo is waited for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public async Task<RemoteHost> ConnectAsync(string cluster, TimeProvider time, ILoggerFactory logs, CancellationToken cancellation)
    {
        var address = ClusterAddress.Parse(cluster);
        var timings = new ClusterTimings();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton(logs);
        builder.UseOrleansClient(client =>
        {
            client.AddSanaLive(timings).Find(address);
            var began = time.GetTimestamp();
            client.UseConnectionRetryFilter(async (_, stop) =>
            {
                if (time.GetElapsedTime(began) > Patience) return false;
                await Task.Delay(Pause, time, stop);
                return true;
            });
        });
        var host = builder.Build();
        try
        {
            await host.StartAsync(cancellation);
            var sessions = new OrleansSessionHost(host.Services.GetRequiredService<IGrainFactory>(), timings, time, logs.CreateLogger<OrleansSessionHost>());
            var (models, kept) = await sessions.ReadyAsync(cancellation);
            return new RemoteHost(sessions, models, kept, new Connection(host));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            host.Dispose();
            throw e is IOException ? e : new IOException($"The cluster cannot be reached: {e.Message}", e);
        }
    }

    private sealed class Connection(IHost host) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await host.StopAsync();
            host.Dispose();
        }
    }
}
