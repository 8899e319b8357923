using System.Net;
using SanaLive.Web.Tests.Fakes;

namespace SanaLive.Web.Tests.Recordings;

/// <summary>Real sessions and real VP8; only the model and the network are made up.</summary>
public sealed class RecordingEndpointTests : IAsyncLifetime
{
    private TestServer server = null!;
    private string id = "", key = "";

    public async Task InitializeAsync()
    {
        server = await TestServer.StartWithSessionsAsync();
        (id, key) = await server.CreateAsync("a meadow by day");
    }

    public Task DisposeAsync() => server.DisposeAsync().AsTask();

    [Theory]
    [InlineData("", "video/webm", "1A45DFA3")]
    [InlineData("?format=mp4", "video/mp4", "66747970")]
    public async Task Recording_OfWhatWasWatched_IsAFileOfItsFormat(string query, string type, string magic)
    {
        await WatchAsync();
        var response = await server.Client.GetAsync(Path(query));
        var file = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal((HttpStatusCode.OK, type), (response.StatusCode, response.Content.Headers.ContentType!.MediaType));
        Assert.Equal(file.Length, response.Content.Headers.ContentLength);
        Assert.Contains(magic, Convert.ToHexString(file.AsSpan(0, 8)), StringComparison.Ordinal);
        Assert.Matches("^attachment; filename=\"sanalive-.*s-.*s\\.(webm|mp4)\"$", response.Content.Headers.ContentDisposition!.ToString());
    }

    [Fact]
    public async Task Recording_OfWhatIsNotKept_SaysWhatIs()
    {
        Assert.Contains("nobody has watched", await TestServer.RefusedAsync(404, await server.Client.GetAsync(Path(""))), StringComparison.Ordinal);
        await WatchAsync();
        Assert.Matches(@"0 s to \d+(\.5)? s", await TestServer.RefusedAsync(404, await server.Client.GetAsync(Path("?from=1000"))));
    }

    [Theory]
    [InlineData("?format=avi")]
    [InlineData("?from=-1")]
    [InlineData("?from=soon")]
    [InlineData("?from=NaN")]
    [InlineData("?from=3&to=2")]
    public async Task Recording_ThatCannotBe_IsRefusedWithASentence(string query) => await TestServer.RefusedAsync(400, await server.Client.GetAsync(Path(query)));

    [Fact]
    public async Task Schedule_Exported_BeginsANewSessionOfTheSameSeed()
    {
        await server.SendAsync("POST", $"/api/sessions/{id}/cues", """{"prompt":"night falls","atBlock":40,"blendBlocks":3}""", key);
        var schedule = await server.Client.GetStringAsync($"/api/sessions/{id}/schedule");
        var made = await server.SendAsync("POST", "/api/sessions", $$"""{"replay":{{schedule}}}""");
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var view = (await TestServer.JsonAsync(made)).GetProperty("session");
        var original = await TestServer.JsonAsync(await server.Client.GetAsync($"/api/sessions/{id}"));
        Assert.Equal(original.GetProperty("seed").GetUInt64(), view.GetProperty("seed").GetUInt64());
        Assert.Equal((40, 3), (view.GetProperty("cues")[0].GetProperty("block").GetInt32(), view.GetProperty("cues")[0].GetProperty("blendBlocks").GetInt32()));
        await TestServer.RefusedAsync(400, await server.SendAsync("POST", "/api/sessions", $$"""{"seed":3,"replay":{{schedule}}}"""));
        await TestServer.RefusedAsync(400, await server.SendAsync("POST", "/api/sessions", """{"replay":{"version":1}}"""));
    }

    private async Task WatchAsync()
    {
        await server.OfferAsync(id, "v=0 VP8");
        var viewer = server.Endpoint.Accepted.Last();
        viewer.Connect();
        await viewer.NextAsync(24);
    }

    private string Path(string query) => $"/api/sessions/{id}/recording{query}";
}
