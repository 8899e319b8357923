using System.Net.Http.Json;
using System.Text.Json;
using SanaLive.Web.Tests.Fakes;

namespace SanaLive.Web.Tests.Relay;

/// <summary>Real sessions and real VP8 behind the server; only the model and the network are made up.</summary>
public sealed class RealSessionTests : IAsyncLifetime
{
    private TestServer server = null!;
    private string id = "", key = "";

    public async Task InitializeAsync()
    {
        server = await TestServer.StartWithSessionsAsync();
        (id, key) = await server.CreateAsync("a meadow by day");
    }

    public Task DisposeAsync() => server.DisposeAsync().AsTask();

    [Fact]
    public async Task Viewer_OfASession_GetsBlockAfterBlockEachFromAKeyframe()
    {
        var viewer = await ConnectAsync();
        var frames = await viewer.NextAsync(24);
        for (var i = 0; i < 24; i++)
        {
            Assert.Equal(i % 8 == 0, frames[i].Keyframe);
            Assert.Equal((uint)(i * 5625), frames[i].Timestamp);

            // RFC 7741: the lowest bit of a VP8 frame is 0 in a keyframe.
            Assert.Equal(i % 8 == 0, (frames[i].Block & 1) == 0);
        }
    }

    [Fact]
    public async Task Cue_WhileWatched_TurnsApplied()
    {
        var viewer = await ConnectAsync();
        await viewer.NextAsync();
        var receipt = await TestServer.JsonAsync(
            await server.SendAsync("POST", $"/api/sessions/{id}/cues", """{"prompt":"night falls","blendBlocks":0}""", key));
        Assert.Equal("accepted", receipt.GetProperty("status").GetString());
        var block = receipt.GetProperty("block").GetInt64();
        while ((await viewer.NextAsync()).Timestamp < block * 8 * 5625)
        {
        }

        var cue = (await ViewAsync()).GetProperty("cues")[0];
        Assert.Equal("applied", cue.GetProperty("status").GetString());
        Assert.Equal(block, cue.GetProperty("block").GetInt64());
        Assert.Equal(block * 0.5, cue.GetProperty("mediaTime").GetDouble());
        await TestServer.RefusedAsync(409, await server.SendAsync("DELETE", $"/api/sessions/{id}/cues/{cue.GetProperty("id").GetString()}", key: key));
    }

    [Fact]
    public async Task Viewers_OfASession_AreInItsView()
    {
        var first = await ConnectAsync();
        await first.NextAsync();
        var second = await ConnectAsync();
        Assert.True((await second.NextAsync()).Keyframe);
        Assert.Equal(2, await ViewersAsync(2));
        first.Close();
        second.Close();
        Assert.Equal(0, await ViewersAsync(0));
    }

    [Fact]
    public async Task Session_Unwatched_MakesNothing()
    {
        Assert.Equal(0, (await ViewAsync()).GetProperty("block").GetInt64());
        Assert.Equal("idle", (await ViewAsync()).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Session_Closed_DisconnectsItsViewers()
    {
        var viewer = await ConnectAsync();
        await viewer.NextAsync();
        Assert.Equal(204, (int)(await server.SendAsync("DELETE", $"/api/sessions/{id}", key: key)).StatusCode);
        await viewer.Closed.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData("""{"prompt":" "}""")]
    [InlineData("""{"prompt":"night","atBlock":-1}""")]
    [InlineData("""{"prompt":"night","blendBlocks":65}""")]
    [InlineData("""{"prompt":"night","clientId":""}""")]
    public async Task Cue_ThatCannotBe_IsRefusedWithASentence(string json) =>
        await TestServer.RefusedAsync(400, await server.SendAsync("POST", $"/api/sessions/{id}/cues", json, key));

    [Fact]
    public async Task Create_PromptOver2000Characters_IsRefused() => await TestServer.RefusedAsync(
        400, await server.SendAsync("POST", "/api/sessions", JsonSerializer.Serialize(new { prompt = new string('a', 2001) })));

    private async Task<FakeViewer> ConnectAsync()
    {
        Assert.Equal(201, (int)(await server.OfferAsync(id, "v=0 VP8")).StatusCode);
        var viewer = server.Endpoint.Accepted.Last();
        viewer.Connect();
        return viewer;
    }

    private Task<JsonElement> ViewAsync() => server.Client.GetFromJsonAsync<JsonElement>($"/api/sessions/{id}");

    /// <summary>Follows the events until they say so many, because numbers are reported beside the frames.</summary>
    private async Task<int> ViewersAsync(int wanted)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var response = await server.Client.GetAsync($"/api/sessions/{id}/events", HttpCompletionOption.ResponseHeadersRead, patience.Token);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(patience.Token));
        while (await lines.ReadLineAsync(patience.Token) is { } line)
        {
            if (!line.StartsWith("data: ", StringComparison.Ordinal)) continue;
            var viewers = JsonDocument.Parse(line[6..]).RootElement.GetProperty("viewers").GetInt32();
            if (viewers == wanted) return viewers;
        }

        return -1;
    }
}
