using System.Net.WebSockets;
using System.Text.Json;
using SanaLive.Sessions;
using SanaLive.Web.Live;
using SanaLive.Web.Tests.Fakes;

namespace SanaLive.Web.Tests.Live;

public sealed class LiveHubTests : IAsyncLifetime
{
    private TestServer server = null!;
    private HubConnection hub = null!;

    public async Task InitializeAsync()
    {
        server = await TestServer.StartWithAsync(new() { ["SanaLive:Limits:SessionBurst"] = "1000" });
        hub = await HubConnection.OpenAsync(server.Address);
    }

    public async Task DisposeAsync()
    {
        await hub.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task Create_AnswersLikeTheApi()
    {
        var result = Result(await hub.CallAsync("Create", new { prompt = "a red train", seed = 7 }));
        var id = result.GetProperty("id").GetString();
        Assert.Equal($"/whep/{id}", result.GetProperty("whep").GetString());
        Assert.Equal("idle", result.GetProperty("session").GetProperty("status").GetString());
        Assert.Equal("a red train", Result(await hub.CallAsync("Get", id)).GetProperty("prompt").GetString());
    }

    [Fact]
    public async Task Create_WithNull_TakesTheDefaults() =>
        Assert.Equal("a meadow by day", Result(await hub.CallAsync("Create", [null])).GetProperty("session").GetProperty("prompt").GetString());

    [Fact]
    public async Task Cues_OfTheDirector_AreAddedChangedAndWithdrawn()
    {
        var (id, key) = await server.CreateAsync();
        var added = Result(await hub.CallAsync("Cue", id, key, new { prompt = "night", clientId = "x" }));
        var again = Result(await hub.CallAsync("Cue", id, key, new { prompt = "night", clientId = "x" }));
        var cue = added.GetProperty("id").GetString();
        Assert.Equal(cue, again.GetProperty("id").GetString());
        Assert.Equal("accepted", added.GetProperty("status").GetString());
        Assert.Equal("dawn", Result(await hub.CallAsync("ChangeCue", id, key, cue, new { prompt = "dawn" })).GetProperty("prompt").GetString());
        Assert.Equal("withdrawn", Result(await hub.CallAsync("WithdrawCue", id, key, cue)).GetProperty("status").GetString());
        Assert.StartsWith("409 This cue was applied already", Refusal(await hub.CallAsync("WithdrawCue", id, key, cue)));
    }

    [Fact]
    public async Task PauseResumeClose_OfTheDirector_Work()
    {
        var (id, key) = await server.CreateAsync();
        Assert.Equal("paused", Result(await hub.CallAsync("Pause", id, key)).GetProperty("status").GetString());
        Assert.Equal("idle", Result(await hub.CallAsync("Resume", id, key)).GetProperty("status").GetString());
        Assert.False((await hub.CallAsync("Close", id, key)).TryGetProperty("error", out _));
        Assert.Contains("no such session", Refusal(await hub.CallAsync("Get", id)));
    }

    [Fact]
    public async Task BookmarkRewindFork_OfTheDirector_AnswerLikeTheApi()
    {
        var (id, key) = await server.CreateAsync();
        var bookmark = Result(await hub.CallAsync("Bookmark", id, key, new { name = "before the storm" })).GetProperty("id").GetString();
        Assert.Equal("before the storm", Assert.Single(Result(await hub.CallAsync("Bookmarks", id)).EnumerateArray()).GetProperty("name").GetString());
        Assert.Equal(bookmark, Result(await hub.CallAsync("Rewind", id, key, new { bookmark })).GetProperty("bookmark").GetString());
        var fork = Result(await hub.CallAsync("Fork", id, key, new { bookmark, prompt = "the storm passes by" }));
        Assert.True(Result(await hub.CallAsync("MaySteer", fork.GetProperty("id").GetString(), fork.GetProperty("directorKey").GetString())).GetBoolean());
        Assert.True(Result(await hub.CallAsync("Fork", id, key, new { })).TryGetProperty("watch", out _));
        Assert.False((await hub.CallAsync("ForgetBookmark", id, key, bookmark)).TryGetProperty("error", out _));
        Assert.StartsWith("404 ", Refusal(await hub.CallAsync("Rewind", id, key, new { bookmark = "b99" })));
    }

    [Fact]
    public async Task Instance_IsTheProcessesOwn()
    {
        var instance = Result(await hub.CallAsync("Instance")).GetString();
        await using var second = await HubConnection.OpenAsync(server.Address);
        Assert.Equal(instance, Result(await second.CallAsync("Instance")).GetString());
        await using var another = await TestServer.StartAsync();
        await using var there = await HubConnection.OpenAsync(another.Address);
        Assert.NotEqual(instance, Result(await there.CallAsync("Instance")).GetString());
    }

    [Fact]
    public async Task Call_WithNullForWhatIsNeeded_IsRefusedWithItsName()
    {
        var (id, key) = await server.CreateAsync();
        Assert.Contains("'cue'", Refusal(await hub.CallAsync("Cue", [id, key, null])));
        Assert.Contains("'key'", Refusal(await hub.CallAsync("MaySteer", [id, null])));
        Assert.Contains("'id'", Refusal(await hub.CallAsync("Get", [null])));
    }

    [Theory]
    [InlineData("Cue")]
    [InlineData("ChangeCue")]
    [InlineData("WithdrawCue")]
    [InlineData("Pause")]
    [InlineData("Resume")]
    [InlineData("Close")]
    [InlineData("Bookmark")]
    [InlineData("ForgetBookmark")]
    [InlineData("Rewind")]
    [InlineData("Fork")]
    public async Task Steering_WithoutTheKey_IsRefused(string method)
    {
        var (id, key) = await server.CreateAsync();
        object?[] rest = method switch
        {
            "Cue" => [new { prompt = "night" }],
            "ChangeCue" => ["c1", new { prompt = "night" }],
            "WithdrawCue" => ["c1"],
            "Bookmark" => [new { name = "here" }],
            "ForgetBookmark" => ["b1"],
            "Rewind" => [new { bookmark = "b1" }],
            "Fork" => [new { }],
            _ => [],
        };
        Assert.StartsWith("403 This is not the director's key", Refusal(await hub.CallAsync(method, [id, "", .. rest])));
        Assert.True(Result(await hub.CallAsync("MaySteer", id, key)).GetBoolean());
        Assert.False(Result(await hub.CallAsync("MaySteer", id, "guess")).GetBoolean());
        Assert.Empty(Result(await hub.CallAsync("Get", id)).GetProperty("cues").EnumerateArray());
    }

    [Fact]
    public async Task Events_StreamWholeViewsUntilTheSessionCloses()
    {
        var (id, key) = await server.CreateAsync();
        var stream = await hub.StreamAsync("Events", id);
        Assert.Equal("idle", Item(await hub.NextAsync(), stream).GetProperty("status").GetString());
        await server.SendAsync("POST", $"/api/sessions/{id}/cues", """{"prompt":"night"}""", key);
        Assert.Equal("night", Item(await hub.NextAsync(), stream).GetProperty("cues")[0].GetProperty("prompt").GetString());
        await server.SendAsync("DELETE", $"/api/sessions/{id}", key: key);
        Assert.Equal("closed", Item(await hub.NextAsync(), stream).GetProperty("status").GetString());
        var completion = await hub.NextAsync();
        Assert.Equal(3, completion.GetProperty("type").GetInt32());
        Assert.False(completion.TryGetProperty("error", out _));
    }

    [Fact]
    public async Task Events_UnknownSession_IsRefusedWithASentence()
    {
        await hub.StreamAsync("Events", "nobody");
        Assert.Contains("no such session", Refusal(await hub.NextAsync()));
    }

    [Fact]
    public async Task Events_TooManyOnOneConnection_AreRefused()
    {
        var (id, key) = await server.CreateAsync();
        for (var i = 0; i < LiveHub.EventsPerConnection; i++)
        {
            var (other, _) = await server.CreateAsync();
            await hub.StreamAsync("Events", other);
            await hub.NextAsync();
        }

        await hub.StreamAsync("Events", id);
        Assert.Contains("another connection", Refusal(await hub.NextAsync()));
        Assert.True((await hub.CallAsync("MaySteer", id, key)).GetProperty("result").GetBoolean());
        await using var second = await HubConnection.OpenAsync(server.Address);
        await second.StreamAsync("Events", id);
        Assert.Equal(2, (await second.NextAsync()).GetProperty("type").GetInt32());
    }

    [Fact]
    public async Task ModelsAndStatus_AnswerLikeTheApi()
    {
        Assert.Equal("fake-world", Result(await hub.CallAsync("Models")).GetProperty("default").GetString());
        Assert.True(Result(await hub.CallAsync("Status")).GetProperty("ready").GetBoolean());
    }

    [Fact]
    public async Task Call_ThatBreaksInside_SaysNothingOfTheInside()
    {
        server.Host.Failure = new InvalidOperationException("secret path");
        Assert.DoesNotContain("secret", (await hub.CallAsync("Get", "x")).GetProperty("error").GetString());
    }

    [Theory]
    [InlineData("Cue", "wrong number of arguments")]
    [InlineData("NoSuchMethod", "")]
    public async Task Call_ThatCannotBeBound_FailsAndLeavesTheConnection(string method, string argument)
    {
        Assert.True((await hub.CallAsync(method, argument)).TryGetProperty("error", out _));
        Assert.True((await hub.CallAsync("Models")).TryGetProperty("result", out _));
    }

    [Fact]
    public async Task Call_WithWrongTypes_FailsAndLeavesTheConnection()
    {
        var (id, key) = await server.CreateAsync();
        Assert.True((await hub.CallAsync("Cue", id, key, new { prompt = 5 })).TryGetProperty("error", out _));
        Assert.True((await hub.CallAsync("Cue", id, key, new { prompt = "night", atblok = 5 })).TryGetProperty("error", out _));
        Assert.True((await hub.CallAsync("Get", id)).TryGetProperty("result", out _));
    }

    [Fact]
    public async Task Message_Over384KB_ClosesOnlyThatConnection()
    {
        await Assert.ThrowsAnyAsync<Exception>(() => hub.CallAsync("Get", new string('x', 400_000)));
        await using var other = await HubConnection.OpenAsync(server.Address);
        Assert.True((await other.CallAsync("Models")).TryGetProperty("result", out _));
    }

    [Fact]
    public async Task Connect_FromAnotherSitesPage_IsRefused() =>
        await Assert.ThrowsAsync<WebSocketException>(() => HubConnection.OpenAsync(server.Address, "https://evil.example.org"));

    [Fact]
    public async Task Connect_FromTheOwnPageOrAnAllowedOne_IsLetIn()
    {
        await using var own = await HubConnection.OpenAsync(server.Address, $"http://{server.Address.Authority}");
        await using var allowing = await TestServer.StartAsync("--allow-origin", "https://game.example.org");
        await using var game = await HubConnection.OpenAsync(allowing.Address, "https://game.example.org");
        Assert.True((await game.CallAsync("Models")).TryGetProperty("result", out _));
    }

    [Fact]
    public async Task Create_SeedTooLargeForJson_IsRefused() =>
        Assert.Contains("seed", Refusal(await hub.CallAsync("Create", new { seed = CreateSession.MaxSeed + 1 })));

    private static JsonElement Result(JsonElement completion) => completion.TryGetProperty("result", out var result)
        ? result
        : throw new InvalidDataException(completion.ToString());

    private static string Refusal(JsonElement completion)
    {
        var error = completion.GetProperty("error").GetString()!;
        Assert.Contains("HubException: ", error);
        return error.Split("HubException: ")[1];
    }

    private static JsonElement Item(JsonElement message, string stream)
    {
        Assert.Equal(2, message.GetProperty("type").GetInt32());
        Assert.Equal(stream, message.GetProperty("invocationId").GetString());
        return message.GetProperty("item");
    }
}
