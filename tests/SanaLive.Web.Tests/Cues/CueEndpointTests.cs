using System.Net;
using SanaLive.Web.Tests.Fakes;

namespace SanaLive.Web.Tests.Cues;

public sealed class CueEndpointTests(SharedServer shared) : IClassFixture<SharedServer>, IAsyncLifetime
{
    private readonly TestServer server = shared.Server;
    private string id = "", key = "";

    public async Task InitializeAsync() => (id, key) = await server.CreateAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Add_WithEverything_AnswersTheReceipt()
    {
        var response = await CueAsync("""{"prompt":"night falls","atBlock":12,"blendBlocks":4,"clientId":"n1"}""");
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var receipt = await TestServer.JsonAsync(response);
        var cue = receipt.GetProperty("id").GetString();
        Assert.Equal($"/api/sessions/{id}/cues/{cue}", response.Headers.Location!.OriginalString);
        Assert.Equal("accepted", receipt.GetProperty("status").GetString());
        Assert.Equal(12, receipt.GetProperty("block").GetInt64());
        Assert.Equal(4, receipt.GetProperty("blendBlocks").GetInt32());
        Assert.Equal("n1", receipt.GetProperty("clientId").GetString());
        Assert.False(receipt.TryGetProperty("mediaTime", out _));
    }

    [Fact]
    public async Task Add_SameClientIdTwice_IsOneCue()
    {
        var first = await TestServer.JsonAsync(await CueAsync("""{"prompt":"night","clientId":"same"}"""));
        var second = await TestServer.JsonAsync(await CueAsync("""{"prompt":"night","clientId":"same"}"""));
        Assert.Equal(first.GetProperty("id").GetString(), second.GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"prompt":null}""")]
    [InlineData("""{"prompt":["night"]}""")]
    [InlineData("""{"prompt":"night","atBlock":"soon"}""")]
    [InlineData("""{"prompt":"night","atBlock":1e40}""")]
    [InlineData("""{"prompt":"night","at_block":3}""")]
    [InlineData("""{"prompt":"night","blendBlocks":2.5}""")]
    [InlineData("""{"controls":5}""")]
    [InlineData("""{"controls":["speed"]}""")]
    [InlineData("""{"controls":{"speed":null}}""")]
    [InlineData("""{"controls":{"speed":[42]}}""")]
    [InlineData("""{"controls":{"speed":true}}""")]
    [InlineData("""{"controls":{"speed":{"value":42}}}""")]
    [InlineData("""{"control":{"speed":42}}""")]
    [InlineData("null")]
    [InlineData(null)]
    public async Task Add_BodyThatCannotBeRight_IsRefusedWithASentence(string? json) =>
        await TestServer.RefusedAsync(400, await CueAsync(json));

    [Fact]
    public async Task Add_ControlOfTheWrongType_IsToldWhichOne() =>
        Assert.Contains("'controls.speed'", await TestServer.RefusedAsync(400, await CueAsync("""{"controls":{"speed":[42]}}""")));

    [Fact]
    public async Task Add_ControlsAlone_AnswersThemAsTheyCame()
    {
        var controls = (await TestServer.JsonAsync(await CueAsync("""{"controls":{"speed":42.5,"direction":"left"}}"""))).GetProperty("controls");
        Assert.Equal(42.5, controls.GetProperty("speed").GetDouble());
        Assert.Equal("left", controls.GetProperty("direction").GetString());
    }

    [Fact]
    public async Task Change_AcceptedCue_AnswersTheNewReceipt()
    {
        var cue = await AddAsync();
        var receipt = await TestServer.JsonAsync(await server.SendAsync("PUT", $"/api/sessions/{id}/cues/{cue}", """{"prompt":"dawn"}""", key));
        Assert.Equal("dawn", receipt.GetProperty("prompt").GetString());
    }

    [Fact]
    public async Task Withdraw_AcceptedCue_SaysSo()
    {
        var cue = await AddAsync();
        var receipt = await TestServer.JsonAsync(await server.SendAsync("DELETE", $"/api/sessions/{id}/cues/{cue}", key: key));
        Assert.Equal("withdrawn", receipt.GetProperty("status").GetString());
    }

    [Fact]
    public async Task ChangeAndWithdraw_AppliedCue_AreRefused()
    {
        var cue = await AddAsync();
        server.Host.Apply(id, cue);
        await TestServer.RefusedAsync(409, await server.SendAsync("PUT", $"/api/sessions/{id}/cues/{cue}", """{"prompt":"dawn"}""", key));
        await TestServer.RefusedAsync(409, await server.SendAsync("DELETE", $"/api/sessions/{id}/cues/{cue}", key: key));
    }

    [Fact]
    public async Task Change_UnknownCue_IsRefused() =>
        await TestServer.RefusedAsync(404, await server.SendAsync("PUT", $"/api/sessions/{id}/cues/c99", """{"prompt":"dawn"}""", key));

    private Task<HttpResponseMessage> CueAsync(string? json) => server.SendAsync("POST", $"/api/sessions/{id}/cues", json, key);

    private async Task<string> AddAsync() =>
        (await TestServer.JsonAsync(await CueAsync("""{"prompt":"night"}"""))).GetProperty("id").GetString()!;
}
