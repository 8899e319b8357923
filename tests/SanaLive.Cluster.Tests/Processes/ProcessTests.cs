using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using SanaLive.Cluster.Tests.Fakes;
using SanaLive.Sessions;
using SanaLive.Sessions.Tests.Durability;

namespace SanaLive.Cluster.Tests.Processes;

/// <summary>
/// Two silos, a web server and PostgreSQL as real processes: what is watched while silos are moved away from, stopped, killed and frozen is what an
/// undisturbed session of the same seed shows, bit for bit.
/// </summary>
public sealed class ProcessTests(ClusterProcesses cluster) : IClassFixture<ClusterProcesses>
{
    [PostgresFact]
    public async Task The_web_server_serves_the_sessions_of_the_cluster()
    {
        await cluster.BothRunAsync();
        var created = await (await cluster.Web.PostAsJsonAsync("/api/sessions", new { prompt = "forest at night", seed = 5 })).Content.ReadFromJsonAsync<JsonElement>();
        var (id, key) = (created.GetProperty("id").GetString()!, created.GetProperty("directorKey").GetString()!);
        await using var watcher = new Watcher(cluster.Host, id);
        await watcher.SeeAsync(2);
        var from = await cluster.SiloOfAsync(id);

        using var move = new HttpRequestMessage(HttpMethod.Post, $"/api/sessions/{id}/move") { Content = JsonContent.Create(new { engine = $"{ClusterProcesses.Other(from)}-cpu-0" }) };
        move.Headers.Authorization = new("Bearer", key);
        using var moved = await cluster.Web.SendAsync(move);
        Assert.True(moved.IsSuccessStatusCode, await moved.Content.ReadAsStringAsync());
        await watcher.SeeAsync(4);
        Assert.Equal(ClusterProcesses.Other(from), await cluster.SiloOfAsync(id));
        Assert.Equal(Enumerable.Range(0, 6).Select(i => (long)i), watcher.Blocks.Select(block => block.Number));

        var status = await cluster.Web.GetFromJsonAsync<JsonElement>("/api/status");
        Assert.Equal(2, status.GetProperty("engines").GetArrayLength());
        Assert.Equal(HttpStatusCode.NotFound, (await cluster.Web.GetAsync("/api/sessions/nobody")).StatusCode);
        await EndAsync(id, watcher);
    }

    [PostgresFact]
    public async Task SIGTERM_of_a_silo_sends_its_sessions_away_first_and_a_rolling_restart_misses_no_block()
    {
        var (id, watcher) = await WatchedAsync(21);
        foreach (var _ in Enumerable.Range(0, 2))
        {
            var silo = await cluster.SiloOfAsync(id);
            await cluster.SignalAsync(silo, "-TERM");
            Assert.Equal(0, await cluster.EndAsync(silo));
            Assert.Equal(ClusterProcesses.Other(silo), await cluster.SiloOfAsync(id));
            await watcher.SeeAsync(4);
            await cluster.StartSiloAsync(silo);
            await ClusterProcesses.UntilAsync(async () => (await cluster.Host.EnginesAsync(default)).Count == 2);
        }

        await SameAsUndisturbedAsync(id, 21, watcher);
    }

    [PostgresFact]
    public async Task SIGKILL_of_a_silo_costs_a_pause_and_no_block()
    {
        var (id, watcher) = await WatchedAsync(22);
        var silo = await cluster.SiloOfAsync(id);
        await cluster.SignalAsync(silo, "-KILL");
        await watcher.SeeAsync(8);
        Assert.Equal(ClusterProcesses.Other(silo), await cluster.SiloOfAsync(id));
        await cluster.EndAsync(silo);
        await cluster.StartSiloAsync(silo);
        await SameAsUndisturbedAsync(id, 22, watcher);
    }

    [PostgresFact]
    public async Task A_silo_that_was_frozen_and_wakes_up_gets_nothing_through()
    {
        var (id, watcher) = await WatchedAsync(23);
        var silo = await cluster.SiloOfAsync(id);
        await cluster.SignalAsync(silo, "-STOP");
        await watcher.SeeAsync(8);
        Assert.Equal(ClusterProcesses.Other(silo), await cluster.SiloOfAsync(id));
        await cluster.SignalAsync(silo, "-CONT");
        await watcher.SeeAsync(4);
        var epochs = watcher.Blocks.Select(block => block.Epoch).ToList();
        Assert.Equal(epochs.Order(), epochs);
        Assert.Equal(2, epochs.Distinct().Count());
        // Declared dead, it ends itself.
        await cluster.EndAsync(silo);
        await cluster.StartSiloAsync(silo);
        await SameAsUndisturbedAsync(id, 23, watcher);
    }

    private async Task<(string Id, Watcher Watcher)> WatchedAsync(ulong seed)
    {
        await cluster.BothRunAsync();
        var id = (await cluster.Host.CreateAsync(new CreateSession("forest at night", seed), default)).Id;
        var watcher = new Watcher(cluster.Host, id);
        await watcher.SeeAsync(3);
        return (id, watcher);
    }

    private async Task SameAsUndisturbedAsync(string id, ulong seed, Watcher watcher)
    {
        var undisturbed = (await cluster.Host.CreateAsync(new CreateSession("forest at night", seed), default)).Id;
        await watcher.ShowsTheSameAsAsync(cluster.Host, undisturbed);
        await cluster.Host.CloseAsync(undisturbed, default);
        await EndAsync(id, watcher);
    }

    private async Task EndAsync(string id, Watcher watcher)
    {
        await watcher.DisposeAsync();
        await cluster.Host.CloseAsync(id, default);
    }
}
