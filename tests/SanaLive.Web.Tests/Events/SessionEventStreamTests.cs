using System.Text.Json;
using SanaLive.Sessions;
using SanaLive.Web.Tests.Fakes;

namespace SanaLive.Web.Tests.Events;

public sealed class SessionEventStreamTests : IAsyncLifetime
{
    private readonly ManualTimeProvider time = new();
    private TestServer server = null!;
    private string id = "", key = "";

    public async Task InitializeAsync()
    {
        server = await TestServer.StartAsync(Task.CompletedTask, time);
        (id, key) = await server.CreateAsync();
    }

    public Task DisposeAsync() => server.DisposeAsync().AsTask();

    [Fact]
    public async Task Events_AfterEachCommand_AreTheWholeViewWithItsVersion()
    {
        using var events = await OpenAsync();
        var first = await EventAsync(events.Lines);
        await server.SendAsync("POST", $"/api/sessions/{id}/cues", """{"prompt":"night"}""", key);
        var second = await EventAsync(events.Lines);

        Assert.Empty(first.View.GetProperty("cues").EnumerateArray());
        Assert.Equal("night", second.View.GetProperty("cues")[0].GetProperty("prompt").GetString());
        Assert.Equal(second.View.GetProperty("version").GetInt64(), second.Id);
        Assert.True(second.Id > first.Id);
    }

    [Fact]
    public async Task Events_Headers_KeepProxiesFromBuffering()
    {
        using var events = await OpenAsync();
        Assert.Equal("text/event-stream", events.Response.Content.Headers.ContentType!.MediaType);
        Assert.Equal("no", Assert.Single(events.Response.Headers.GetValues("X-Accel-Buffering")));
        Assert.True(events.Response.Headers.CacheControl!.NoCache);
    }

    [Fact]
    public async Task Events_NothingHappens_AHeartbeatComesEvery15Seconds()
    {
        using var events = await OpenAsync();
        await EventAsync(events.Lines);
        for (var i = 0; i < 2; i++)
        {
            await time.TimersAsync();
            time.Advance(TimeSpan.FromSeconds(15));
            Assert.StartsWith(":", await LineAsync(events.Lines));
            Assert.Equal("", await LineAsync(events.Lines));
        }

        server.Host.Set(id, SessionStatus.Streaming);
        Assert.Equal("streaming", (await EventAsync(events.Lines)).View.GetProperty("status").GetString());
    }

    [Fact]
    public async Task Events_SessionCloses_EndAfterSayingSo()
    {
        using var events = await OpenAsync();
        await EventAsync(events.Lines);
        await server.SendAsync("DELETE", $"/api/sessions/{id}", key: key);
        Assert.Equal("closed", (await EventAsync(events.Lines)).View.GetProperty("status").GetString());
        Assert.Null(await LineAsync(events.Lines));
    }

    [Fact]
    public async Task Events_ServerStops_DoNotHoldItUp()
    {
        using var events = await OpenAsync();
        await EventAsync(events.Lines);
        await server.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(4));
        server = await TestServer.StartAsync();
    }

    private static async Task<(long Id, JsonElement View)> EventAsync(StreamReader lines)
    {
        var version = await LineAsync(lines);
        var data = await LineAsync(lines);
        Assert.Equal("", await LineAsync(lines));
        Assert.StartsWith("id: ", version);
        Assert.StartsWith("data: ", data);
        return (long.Parse(version![4..]), JsonDocument.Parse(data![6..]).RootElement);
    }

    private static Task<string?> LineAsync(StreamReader lines) => lines.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(30));

    private async Task<Opened> OpenAsync()
    {
        var response = await server.Client.GetAsync($"/api/sessions/{id}/events", HttpCompletionOption.ResponseHeadersRead);
        return new Opened(response, new StreamReader(await response.Content.ReadAsStreamAsync()));
    }

    private sealed record Opened(HttpResponseMessage Response, StreamReader Lines) : IDisposable
    {
        public void Dispose() => Response.Dispose();
    }
}
