using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using SanaLive.Runtime.Engine;
using SanaLive.Web.Tests.Fakes;

namespace SanaLive.Web.Tests.Sessions;

public sealed class MoveTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private readonly TestServer server = shared.Server;

    [Fact]
    public async Task Move_ByTheDirector_AnswersTheView()
    {
        var (id, key) = await server.CreateAsync();
        var view = await TestServer.JsonAsync(await server.SendAsync("POST", $"/api/sessions/{id}/move", """{"engine":"fake-1"}""", key));
        Assert.Equal("fake-1", view.GetProperty("engine").GetString());
        Assert.Contains("already", await TestServer.RefusedAsync(409, await server.SendAsync("POST", $"/api/sessions/{id}/move", """{"engine":"fake-0"}""", key)));
    }

    [Theory]
    [InlineData("{}", "engine")]
    [InlineData("""{"engine":null}""", "engine")]
    [InlineData("""{"engin":"fake-1"}""", "engin")]
    [InlineData(null, "body")]
    public async Task Move_WithoutAnEngine_IsRefused(string? body, string word)
    {
        var (id, key) = await server.CreateAsync();
        Assert.Contains(word, await TestServer.RefusedAsync(400, await server.SendAsync("POST", $"/api/sessions/{id}/move", body, key)));
    }

    [Fact]
    public async Task Move_WithoutOrWithAnotherSessionsKey_IsRefused()
    {
        var ((id, _), (_, other)) = (await server.CreateAsync(), await server.CreateAsync());
        const string Body = """{"engine":"fake-1"}""";
        await TestServer.RefusedAsync(401, await server.SendAsync("POST", $"/api/sessions/{id}/move", Body));
        await TestServer.RefusedAsync(403, await server.SendAsync("POST", $"/api/sessions/{id}/move", Body, other));
        await TestServer.RefusedAsync(404, await server.SendAsync("POST", "/api/sessions/nobody/move", Body, other));
    }

    [Fact]
    public async Task DrainAndServe_ByTheOperator_AnswerTheEngineAndStatusShowsIt()
    {
        var drained = await TestServer.JsonAsync(await server.SendAsync("POST", "/api/engines/fake-0/drain"));
        Assert.Equal(("fake-0", "drained"), (drained.GetProperty("name").GetString(), drained.GetProperty("state").GetString()));
        var engine = (await server.Client.GetFromJsonAsync<JsonElement>("/api/status")).GetProperty("engines")[0];
        Assert.Equal(("drained", 4), (engine.GetProperty("state").GetString(), engine.GetProperty("places").GetInt32()));
        var serving = await server.SendAsync("POST", "/api/engines/fake-0/serve", key: SharedServer.OperatorKey);
        Assert.Equal(HttpStatusCode.OK, serving.StatusCode);
        Assert.Equal("serving", (await TestServer.JsonAsync(serving)).GetProperty("state").GetString());
    }

    [Theory]
    [InlineData("drain")]
    [InlineData("serve")]
    public async Task DrainAndServe_ByOthers_AreRefused(string what)
    {
        Assert.Contains("operator", await TestServer.RefusedAsync(403, await server.SendAsync("POST", $"/api/engines/fake-0/{what}", key: "wrong")));
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/engines/fake-0/{what}");
        request.Headers.Add("X-Forwarded-For", "203.0.113.5");
        await TestServer.RefusedAsync(401, await server.Client.SendAsync(request));
    }

    [Theory]
    [InlineData(1, 2, new[] { 2 })]
    [InlineData(2, 2, new[] { 1, 1 })]
    [InlineData(3, 8, new[] { 3, 3, 2 })]
    [InlineData(4, 2, new[] { 1, 1, 1, 1 })]
    public void Engines_ShareTheThreads(int engines, int threads, int[] expected) =>
        Assert.Equal(expected, Enumerable.Range(0, engines).Select(i => CpuEngines.ThreadsOf(i, engines, threads)));
}
