using System.Net.Http.Json;
using System.Text.Json;
using SanaLive.Web.Tests.Fakes;
using SanaLive.Web.Tests.Live;

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
    [InlineData("""{"prompt":null,"controls":{}}""")]
    [InlineData("""{"prompt":"","controls":{"speed":20}}""")]
    [InlineData("""{"prompt":"night","controls":{"sped":20}}""")]
    [InlineData("""{"controls":{"Speed":20}}""")]
    [InlineData("""{"controls":{"speed":1e400}}""")]
    [InlineData("""{"controls":{"speed":"20"}}""")]
    public async Task Cue_ThatCannotBe_IsRefusedWithASentence(string json) =>
        await TestServer.RefusedAsync(400, await server.SendAsync("POST", $"/api/sessions/{id}/cues", json, key));

    [Fact]
    public async Task Cue_WithoutPromptAndControls_IsToldWhatIsMissing() =>
        Assert.Contains("a prompt, controls, or both", await TestServer.RefusedAsync(400, await PostAsync("cues", """{"atBlock":3}""")));

    [Theory]
    [InlineData("""{"speed":61}""", "The control 'speed' is a number from 10 to 60 px/s or one of slow, fast, not 61.")]
    [InlineData("""{"speed":"warp"}""", "a number from 10 to 60 px/s or one of slow, fast, not 'warp'.")]
    [InlineData("""{"direction":3}""", "The control 'direction' is one of right, left, not 3.")]
    [InlineData("""{"color":"red"}""", "There is no control 'color'; the model fake-world has speed, direction.")]
    public async Task Controls_ThatCannotBe_AreRefusedWithTheAllowedRange(string controls, string sentence)
    {
        var json = $$"""{"controls":{{controls}}}""";
        Assert.Contains(sentence, await TestServer.RefusedAsync(400, await PostAsync("cues", json)));
        Assert.Contains(sentence, await TestServer.RefusedAsync(400, await server.SendAsync("POST", "/api/sessions", json)));
        await using var hub = await HubConnection.OpenAsync(server.Address);
        var set = JsonSerializer.Deserialize<JsonElement>(json);
        foreach (var call in new[] { await hub.CallAsync("Create", set), await hub.CallAsync("Cue", id, key, set) })
        {
            Assert.Contains("HubException: 400 ", call.GetProperty("error").GetString());
            Assert.Contains(sentence, call.GetProperty("error").GetString());
        }

        Assert.Empty((await ViewAsync()).GetProperty("cues").EnumerateArray());
    }

    [Fact]
    public async Task Controls_OfACue_AreInItsReceiptAndOnceAppliedInTheView()
    {
        Assert.Equal(30, (await ViewAsync()).GetProperty("controls").GetProperty("speed").GetDouble());
        var receipt = await TestServer.JsonAsync(await PostAsync("cues", """{"controls":{"speed":42,"direction":"left"},"clientId":"key-1"}"""));
        Assert.Equal("speed 42, direction 'left'", receipt.GetProperty("prompt").GetString());
        Assert.Equal(2, receipt.GetProperty("understood").GetArrayLength());
        Assert.Equal(42, receipt.GetProperty("controls").GetProperty("speed").GetDouble());
        await using var hub = await HubConnection.OpenAsync(server.Address);
        var again = (await hub.CallAsync("Cue", id, key, new { controls = new { speed = 42 }, clientId = "key-1" })).GetProperty("result");
        Assert.Equal(receipt.GetProperty("id").GetString(), again.GetProperty("id").GetString());

        var viewer = await ConnectAsync();
        await viewer.NextAsync();
        var controls = (await ViewAsync()).GetProperty("controls");
        Assert.Equal((42, "left"), (controls.GetProperty("speed").GetDouble(), controls.GetProperty("direction").GetString()));
    }

    [Fact]
    public async Task Create_WithControls_BeginsWithThem()
    {
        var made = await TestServer.JsonAsync(await server.SendAsync("POST", "/api/sessions", """{"prompt":"a forest","controls":{"speed":"fast"}}"""));
        Assert.Equal("fast", made.GetProperty("session").GetProperty("controls").GetProperty("speed").GetString());
    }

    [Fact]
    public async Task Models_ListTheirControlsWithTheirRanges()
    {
        var models = await server.Client.GetFromJsonAsync<JsonElement>("/api/models");
        var controls = models.GetProperty("models")[0].GetProperty("controls");
        Assert.Equal(
            """{"name":"speed","attribute":"speed","type":"number","minimum":10,"maximum":60,"unit":"px/s","values":["slow","fast"],"default":30}""",
            controls[0].GetRawText());
        Assert.Equal("""{"name":"direction","attribute":"direction","type":"choice","values":["right","left"],"default":"right"}""", controls[1].GetRawText());
    }

    [Fact]
    public async Task Create_PromptOver2000Characters_IsRefused() => await TestServer.RefusedAsync(
        400, await server.SendAsync("POST", "/api/sessions", JsonSerializer.Serialize(new { prompt = new string('a', 2001) })));

    private Task<HttpResponseMessage> PostAsync(string what, string json) => server.SendAsync("POST", $"/api/sessions/{id}/{what}", json, key);

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
