using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using SanaLive.Rtc;
using SanaLive.Sessions;
using SanaLive.Web.Tests.Fakes;

namespace SanaLive.Web.Tests.Status;

public sealed class StatusEndpointTests
{
    [Fact]
    public async Task Status_CountsSessionsViewersAndPackets()
    {
        await using var server = await TestServer.StartAsync();
        var (id, _) = await server.CreateAsync();
        await server.CreateAsync();
        server.Host.Set(id, SessionStatus.Streaming);
        for (var i = 0; i < 2; i++) await server.OfferAsync(id, "v=0\r\nVP8");
        foreach (var viewer in server.Endpoint.Accepted) viewer.Statistics = new RtcStatistics { Bytes = 1000, Packets = 10, Retransmissions = 2 };
        server.Endpoint.Accepted.TryPeek(out var first);
        first!.Connect();
        await server.Host.ReportedAsync(1);

        var status = await server.Client.GetFromJsonAsync<JsonElement>("/api/status");
        Assert.True(status.GetProperty("ready").GetBoolean());
        Assert.True(status.GetProperty("uptime").GetDouble() >= 0);
        Assert.Equal(2, status.GetProperty("sessions").GetProperty("total").GetInt32());
        Assert.Equal(1, status.GetProperty("sessions").GetProperty("streaming").GetInt32());
        Assert.Equal(1, status.GetProperty("viewers").GetInt32());
        Assert.Equal(4, status.GetProperty("capacity").GetInt32());
        var admission = status.GetProperty("admission");
        Assert.Equal((16, 1000, 0.2), (admission.GetProperty("queueLength").GetInt32(), admission.GetProperty("maxSessions").GetInt32(), admission.GetProperty("reserve").GetDouble()));
        Assert.False(admission.GetProperty("full").GetBoolean());
        var engine = status.GetProperty("engines")[0];
        Assert.Equal(5, engine.GetProperty("realTimeFactor").GetDouble());
        Assert.Contains("because", engine.GetProperty("facts").GetProperty("reason").GetString());
        var rtc = status.GetProperty("rtc");
        Assert.Equal("127.0.0.1:9", rtc.GetProperty("addresses")[0].GetString());
        Assert.Equal(2000, rtc.GetProperty("sent").GetProperty("bytesSent").GetInt64());
        Assert.Equal(4, rtc.GetProperty("sent").GetProperty("packetsRetransmitted").GetInt64());
        Assert.Equal(2, rtc.GetProperty("sent").GetProperty("offers").GetInt64());
        Assert.Equal(1, status.GetProperty("relays").GetProperty("watchedSessions").GetInt32());

        // Who has left still counts.
        first.Close();
        await server.Host.ReportedAsync(0);
        status = await server.Client.GetFromJsonAsync<JsonElement>("/api/status");
        Assert.Equal(2000, status.GetProperty("rtc").GetProperty("sent").GetProperty("bytesSent").GetInt64());
        Assert.Equal(2, status.GetProperty("rtc").GetProperty("sent").GetProperty("offers").GetInt64());
        Assert.DoesNotContain(id, status.ToString());
    }

    [Fact]
    public async Task Status_CountsFailuresThatNobodyAwaited()
    {
        await using var server = await TestServer.StartAsync();
        var before = await ProcessAsync();
        Assert.True(before.GetProperty("workingSet").GetInt64() > before.GetProperty("managedHeap").GetInt64());
        FailUnseen();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        // Known from the first collection on.
        Assert.True((await ProcessAsync()).GetProperty("committedHeap").GetInt64() > 0);
        Assert.True((await ProcessAsync()).GetProperty("unobservedExceptions").GetInt64() > before.GetProperty("unobservedExceptions").GetInt64());

        async Task<JsonElement> ProcessAsync() => (await server.Client.GetFromJsonAsync<JsonElement>("/api/status")).GetProperty("process");

        // Out of sight: a debugger's compiler would keep the task alive to the end of the method.
        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static void FailUnseen() => _ = Task.FromException(new InvalidOperationException("nobody awaits this"));
    }

    [Fact]
    public async Task Models_AreTheEnginesCards()
    {
        await using var server = await TestServer.StartAsync();
        var models = await server.Client.GetFromJsonAsync<JsonElement>("/api/models");
        Assert.Equal("fake-world", models.GetProperty("default").GetString());
        var model = Assert.Single(models.GetProperty("models").EnumerateArray());
        Assert.Equal("merge", model.GetProperty("promptSemantics").GetString());
        Assert.Equal(0.5, model.GetProperty("blockDuration").GetDouble());
        Assert.Equal("night", model.GetProperty("vocabulary")[0].GetProperty("values")[1].GetString());
        Assert.Equal(2, model.GetProperty("suggestions").GetArrayLength());
        Assert.Equal(4_000, model.GetProperty("weightBytes").GetInt64());
        Assert.Equal("32x64", model.GetProperty("sizes")[0].GetString());
    }

    [Fact]
    public async Task Readyz_BeforeAndAfterTheModelIsLoaded_SaysSo()
    {
        var loaded = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(loaded.Task, null);
        var waiting = await server.SendAsync("GET", "/readyz");
        await TestServer.RefusedAsync(503, waiting);
        Assert.NotNull(waiting.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.OK, (await server.SendAsync("GET", "/healthz")).StatusCode);
        foreach (var path in new[] { "/api/sessions/x", "/api/models", "/whep/x" })
            await TestServer.RefusedAsync(503, await server.SendAsync("GET", path));
        await TestServer.RefusedAsync(503, await server.SendAsync("POST", "/api/sessions", "{}"));
        var status = await server.Client.GetFromJsonAsync<JsonElement>("/api/status");
        Assert.False(status.GetProperty("ready").GetBoolean());
        Assert.NotEmpty(status.GetProperty("reason").GetString()!);

        loaded.SetResult();
        await server.Backend.Ready.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal("ready", await server.Client.GetStringAsync("/readyz"));
        Assert.Equal(HttpStatusCode.OK, (await server.SendAsync("GET", "/api/models")).StatusCode);
    }
}
