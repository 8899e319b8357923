using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using SanaLive.Sessions;
using SanaLive.Web.Tests.Fakes;

namespace SanaLive.Web.Tests.Sessions;

public sealed class SessionEndpointTests(SharedServer shared) : IClassFixture<SharedServer>, IDisposable
{
    private readonly TestServer server = shared.Server;

    public void Dispose() => server.Host.Failure = null;

    [Fact]
    public async Task Create_WithPromptAndSeed_SaysWhereToWatchAndHowToSteer()
    {
        var response = await server.SendAsync("POST", "/api/sessions", """{"prompt":"a red train","seed":7}""");
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var body = await TestServer.JsonAsync(response);
        var id = body.GetProperty("id").GetString();
        var key = body.GetProperty("directorKey").GetString();
        Assert.Equal($"/api/sessions/{id}", response.Headers.Location!.OriginalString);
        Assert.Equal($"/whep/{id}", body.GetProperty("whep").GetString());
        Assert.Equal($"/watch/{id}", body.GetProperty("watch").GetString());
        Assert.Equal($"/direct/{id}#{key}", body.GetProperty("direct").GetString());
        var session = body.GetProperty("session");
        Assert.Equal("a red train", session.GetProperty("prompt").GetString());
        Assert.Equal(7u, session.GetProperty("seed").GetUInt64());
        Assert.Equal("idle", session.GetProperty("status").GetString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("{}")]
    [InlineData("""{"prompt":null,"seed":null}""")]
    public async Task Create_WithoutPrompt_TakesTheDefault(string? json)
    {
        var response = await server.SendAsync("POST", "/api/sessions", json);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("a meadow by day", (await TestServer.JsonAsync(response)).GetProperty("session").GetProperty("prompt").GetString());
    }

    [Theory]
    [InlineData("""{"prompt":""}""", "prompt")]
    [InlineData("""{"prompt":5}""", "prompt")]
    [InlineData("""{"promt":"a train"}""", "promt")]
    [InlineData("""{"seed":-1}""", "seed")]
    [InlineData("""{"seed":9007199254740992}""", "seed")]
    [InlineData("""{"seed":1.5}""", "seed")]
    [InlineData("""{"seed":{"a":1}}""", "seed")]
    [InlineData("""{"prompt":""", "JSON")]
    [InlineData("[]", "wrong type")]
    [InlineData("nonsense", "JSON")]
    public async Task Create_BodyThatCannotBeRight_IsRefusedWithASentence(string json, string names)
    {
        var sentence = await TestServer.RefusedAsync(400, await server.SendAsync("POST", "/api/sessions", json));
        Assert.Contains(names, sentence);
    }

    [Fact]
    public async Task Create_DeeplyNestedJson_IsRefused() =>
        await TestServer.RefusedAsync(400, await server.SendAsync("POST", "/api/sessions", new string('[', 10_000)));

    [Fact]
    public async Task Create_BodyOver12MB_IsRefused()
    {
        var json = JsonSerializer.Serialize(new { prompt = new string('a', 12 * 1024 * 1024) });
        Assert.Contains("12 MB", await TestServer.RefusedAsync(413, await server.SendAsync("POST", "/api/sessions", json)));
    }

    [Fact]
    public async Task Create_OtherContentType_IsRefused()
    {
        var response = await server.Client.PostAsync("/api/sessions", new StringContent("prompt=a", new System.Net.Http.Headers.MediaTypeHeaderValue("text/plain")));
        await TestServer.RefusedAsync(415, response);
    }

    [Fact]
    public async Task Create_NoRoom_IsRefusedUntilLater()
    {
        server.Host.Failure = new SessionException(SessionError.Overloaded, "No room, and the line is full. Try again in a minute.");
        var response = await server.SendAsync("POST", "/api/sessions", "{}");
        Assert.Contains("line is full", await TestServer.RefusedAsync(503, response));
        Assert.NotNull(response.Headers.RetryAfter);
    }

    [Fact]
    public async Task Create_HostBreaks_SaysNothingOfTheInside()
    {
        server.Host.Failure = new InvalidOperationException("secret path /var/lib");
        Assert.DoesNotContain("secret", await TestServer.RefusedAsync(500, await server.SendAsync("POST", "/api/sessions", "{}")));
    }

    [Fact]
    public async Task Get_Session_IsItsView()
    {
        var (id, _) = await server.CreateAsync();
        var view = await server.Client.GetFromJsonAsync<JsonElement>($"/api/sessions/{id}");
        Assert.Equal(id, view.GetProperty("id").GetString());
        Assert.Equal(16, view.GetProperty("framesPerSecond").GetInt32());
        Assert.False(view.TryGetProperty("queuePosition", out _), "what is not there is left out");
        Assert.False(view.TryGetProperty("directorKey", out _));
    }

    [Theory]
    [InlineData("/api/sessions/nobody")]
    [InlineData("/api/sessions/..%2f..%2fetc%2fpasswd")]
    [InlineData("/api/sessions/nobody/events")]
    [InlineData("/api/sessions/a/b/c/d")]
    [InlineData("/api/nothing")]
    public async Task Get_UnknownPlace_IsRefused(string path) =>
        await TestServer.RefusedAsync(404, await server.SendAsync("GET", path));

    [Fact]
    public async Task Patch_Session_IsNotDone()
    {
        var (id, key) = await server.CreateAsync();
        await TestServer.RefusedAsync(405, await server.SendAsync("PATCH", $"/api/sessions/{id}", "{}", key));
    }

    [Fact]
    public async Task List_FromThisMachine_ShowsAllWithoutKeys()
    {
        var (id, key) = await server.CreateAsync();
        var text = await server.Client.GetStringAsync("/api/sessions");
        Assert.Contains(id, text);
        Assert.DoesNotContain(key, text);
    }

    [Theory]
    [InlineData("X-Forwarded-For", "203.0.113.5")]
    [InlineData("Forwarded", "for=203.0.113.5")]
    public async Task List_ThroughAProxy_WantsTheOperatorsKey(string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/sessions");
        request.Headers.Add(header, value);
        var response = await server.Client.SendAsync(request);
        await TestServer.RefusedAsync(401, response);
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
    }

    [Fact]
    public async Task List_ForAnotherHostName_WantsTheOperatorsKey()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/sessions");
        request.Headers.Host = "rebound.example.org";
        await TestServer.RefusedAsync(401, await server.Client.SendAsync(request));
    }

    [Fact]
    public async Task List_OperatorsKey_IsEnoughAndAWrongOneIsNot()
    {
        Assert.Equal(HttpStatusCode.OK, (await server.SendAsync("GET", "/api/sessions", key: SharedServer.OperatorKey)).StatusCode);
        Assert.Contains("operator", await TestServer.RefusedAsync(403, await server.SendAsync("GET", "/api/sessions", key: "wrong")));
    }

    [Fact]
    public async Task PauseAndResume_ByTheDirector_AnswerTheView()
    {
        var (id, key) = await server.CreateAsync();
        var paused = await TestServer.JsonAsync(await server.SendAsync("POST", $"/api/sessions/{id}/pause", key: key));
        Assert.Equal("paused", paused.GetProperty("status").GetString());
        var resumed = await TestServer.JsonAsync(await server.SendAsync("POST", $"/api/sessions/{id}/resume", key: key));
        Assert.Equal("idle", resumed.GetProperty("status").GetString());
    }

    [Fact]
    public async Task Close_ByTheDirector_ForgetsTheSession()
    {
        var (id, key) = await server.CreateAsync();
        Assert.Equal(HttpStatusCode.NoContent, (await server.SendAsync("DELETE", $"/api/sessions/{id}", key: key)).StatusCode);
        await TestServer.RefusedAsync(404, await server.SendAsync("GET", $"/api/sessions/{id}"));
        await TestServer.RefusedAsync(404, await server.SendAsync("DELETE", $"/api/sessions/{id}", key: key));
    }

    [Theory]
    [InlineData("POST", "pause")]
    [InlineData("POST", "resume")]
    [InlineData("DELETE", "")]
    [InlineData("POST", "cues")]
    [InlineData("PUT", "cues/c1")]
    [InlineData("DELETE", "cues/c1")]
    public async Task Steering_WithoutOrWithAnotherSessionsKey_IsRefused(string method, string what)
    {
        var (id, _) = await server.CreateAsync();
        var (_, otherKey) = await server.CreateAsync();
        var path = $"/api/sessions/{id}/{what}".TrimEnd('/');
        var json = method == "DELETE" ? null : """{"prompt":"night"}""";

        var missing = await server.SendAsync(method, path, json);
        Assert.Contains("key", await TestServer.RefusedAsync(401, missing));
        Assert.Equal("Bearer", missing.Headers.WwwAuthenticate.ToString());
        Assert.Contains("key", await TestServer.RefusedAsync(403, await server.SendAsync(method, path, json, otherKey)));
        Assert.Contains("key", await TestServer.RefusedAsync(403, await server.SendAsync(method, path, json, SharedServer.OperatorKey)));
        await TestServer.RefusedAsync(404, await server.SendAsync(method, path.Replace(id, "nobody", StringComparison.Ordinal), json, otherKey));
    }
}
