using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using SanaLive.Web.Tests.Fakes;
using SanaLive.Web.Tests.Live;

namespace SanaLive.Web.Tests.Sessions;

/// <summary>A picture sent with a new session, through real sessions and the real decoder.</summary>
public sealed class StartImageTests(StartImageTests.RealServer real) : IClassFixture<StartImageTests.RealServer>
{
    /// <summary>A PNG of 2 x 2 pixels: red, green, blue, white.</summary>
    private const string Png =
        "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFklEQVR4nGO4Iycnd0KDQcPo0v///wEijAZQTMVnGwAAAABJRU5ErkJggg==";

    private readonly TestServer server = real.Server;

    [Theory]
    [InlineData("")]
    [InlineData("data:image/png;base64,")]
    [InlineData("data:;base64,")]
    public async Task Create_ImageInJson_BeginsWithIt(string before)
    {
        var response = await server.SendAsync("POST", "/api/sessions", JsonSerializer.Serialize(new { prompt = "night", image = before + Png }));
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var image = (await TestServer.JsonAsync(response)).GetProperty("session").GetProperty("image");
        Assert.Equal((2, 2), (image.GetProperty("width").GetInt32(), image.GetProperty("height").GetInt32()));
        Assert.Contains("cropped to the 2 x 1", image.GetProperty("note").GetString());
        Assert.Empty(image.GetProperty("understood").EnumerateArray());
    }

    [Fact]
    public async Task Create_ImageInJsonWithEscapedSlashes_IsTheSame()
    {
        var json = $$"""{"image":"{{Png.Replace("/", "\\/", StringComparison.Ordinal)}}"}""";
        Assert.Contains("\\/", json);
        Assert.Equal(HttpStatusCode.Created, (await server.SendAsync("POST", "/api/sessions", json)).StatusCode);
    }

    [Fact]
    public async Task Create_ImageInAForm_BeginsWithIt()
    {
        using var form = Form(Convert.FromBase64String(Png));
        form.Add(new StringContent("night falls"), "prompt");
        form.Add(new StringContent("7"), "seed");
        form.Add(new StringContent("""{"speed":42}"""), "controls");
        var response = await server.Client.PostAsync("/api/sessions", form);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var session = (await TestServer.JsonAsync(response)).GetProperty("session");
        Assert.Equal(("night falls", 7), (session.GetProperty("prompt").GetString(), session.GetProperty("seed").GetInt32()));
        Assert.Equal(42, session.GetProperty("controls").GetProperty("speed").GetDouble());
        Assert.Equal(2, session.GetProperty("image").GetProperty("width").GetInt32());
    }

    [Fact]
    public async Task Create_WithoutImage_HasNoneInItsView()
    {
        var response = await server.SendAsync("POST", "/api/sessions", """{"image":null}""");
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.False((await TestServer.JsonAsync(response)).GetProperty("session").TryGetProperty("image", out _));
    }

    [Theory]
    [InlineData("\"\"", "empty")]
    [InlineData("\"aGVsbG8gd29ybGQ=\"", "neither PNG nor JPEG")]
    [InlineData("\"R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAkQBADs=\"", "neither PNG nor JPEG")]
    [InlineData("\"iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAA\"", "cut off")]
    [InlineData("\"http://example.org/a.png\"", "base64")]
    [InlineData("\"data:image/png,%89PNG\"", "base64")]
    [InlineData("\"not base64!\"", "base64")]
    public async Task Create_ImageThatIsNone_IsRefusedWithASentence(string image, string names)
    {
        var json = $$"""{"image":{{image}}}""";
        Assert.Contains(names, await TestServer.RefusedAsync(400, await server.SendAsync("POST", "/api/sessions", json)));
        await using var hub = await HubConnection.OpenAsync(server.Address);
        var error = (await hub.CallAsync("Create", JsonSerializer.Deserialize<JsonElement>(json))).GetProperty("error").GetString();
        Assert.Contains("HubException: 400 ", error);
        Assert.Contains(names, error);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("[1,2,3]")]
    [InlineData("{}")]
    public async Task Create_ImageThatIsNoText_IsRefused(string image) =>
        Assert.Contains("image", await TestServer.RefusedAsync(400, await server.SendAsync("POST", "/api/sessions", $$"""{"image":{{image}}}""")));

    [Fact]
    public async Task Create_ImageOver8MB_IsRefused()
    {
        using var form = Form(new byte[8 * 1024 * 1024 + 1]);
        Assert.Contains("8 MB", await TestServer.RefusedAsync(413, await server.Client.PostAsync("/api/sessions", form)));
        var json = JsonSerializer.Serialize(new { image = Convert.ToBase64String(new byte[8 * 1024 * 1024 + 1]) });
        Assert.Contains("8 MB", await TestServer.RefusedAsync(413, await server.SendAsync("POST", "/api/sessions", json)));
    }

    [Fact]
    public async Task Create_BodyThatNoPictureNeeds_IsRefused()
    {
        using var form = Form(new byte[12 * 1024 * 1024]);
        Assert.Contains("12 MB", await TestServer.RefusedAsync(413, await server.Client.PostAsync("/api/sessions", form)));
    }

    [Fact]
    public async Task OtherEndpoints_StillTakeNoLargeBody()
    {
        var (id, key) = await server.CreateAsync();
        var json = JsonSerializer.Serialize(new { prompt = new string('a', 64 * 1024) });
        Assert.Contains("64 KB", await TestServer.RefusedAsync(413, await server.SendAsync("POST", $"/api/sessions/{id}/cues", json, key)));
    }

    [Theory]
    [InlineData("promt", "night", "promt")]
    [InlineData("seed", "-1", "seed")]
    [InlineData("seed", "1e3", "seed")]
    [InlineData("controls", "speed=3", "controls")]
    [InlineData("image", "not base64!", "base64")]
    [InlineData("prompt", "", "prompt")]
    public async Task Create_FormFieldThatCannotBeRight_IsRefused(string field, string value, string names)
    {
        using var form = new MultipartFormDataContent { { new StringContent(value), field } };
        Assert.Contains(names, await TestServer.RefusedAsync(400, await server.Client.PostAsync("/api/sessions", form)));
    }

    [Fact]
    public async Task Create_FormWithoutImage_BeginsWithoutOne()
    {
        using var form = new MultipartFormDataContent { { new StringContent("night falls"), "prompt" } };
        var response = await server.Client.PostAsync("/api/sessions", form);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.False((await TestServer.JsonAsync(response)).GetProperty("session").TryGetProperty("image", out _));
    }

    [Fact]
    public async Task Create_FormWithAFieldTwice_IsRefused()
    {
        using var form = Form(Convert.FromBase64String(Png));
        form.Add(new ByteArrayContent([1]), "image", "b.png");
        Assert.Contains("twice", await TestServer.RefusedAsync(400, await server.Client.PostAsync("/api/sessions", form)));
    }

    [Fact]
    public async Task Create_FormThatBreaksOff_IsRefused()
    {
        var content = new StringContent("--x\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\n\r\nabc", Encoding.UTF8);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=x");
        await TestServer.RefusedAsync(400, await server.Client.PostAsync("/api/sessions", content));
    }

    [Fact]
    public async Task Create_FormOfAnotherSitesPage_IsRefused()
    {
        using var form = Form(Convert.FromBase64String(Png));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/sessions") { Content = form };
        request.Headers.Add("Origin", "https://evil.example.org");
        Assert.Contains("evil.example.org", await TestServer.RefusedAsync(403, await server.Client.SendAsync(request)));
    }

    [Fact]
    public async Task Hub_CreateWithAnImage_AnswersLikeTheApi()
    {
        await using var hub = await HubConnection.OpenAsync(server.Address);
        var result = (await hub.CallAsync("Create", new { image = "data:image/png;base64," + Png })).GetProperty("result");
        Assert.Equal(2, result.GetProperty("session").GetProperty("image").GetProperty("height").GetInt32());
    }

    [Fact]
    public async Task Create_TooOften_IsToldBeforeThePictureIsTakenIn()
    {
        await using var busy = await TestServer.StartWithAsync(new() { ["SanaLive:Limits:SessionBurst"] = "1", ["SanaLive:Limits:SessionsPerSecond"] = "0.01" });
        Assert.Equal(HttpStatusCode.Created, (await busy.SendAsync("POST", "/api/sessions", "{}")).StatusCode);
        Assert.Contains("Too many", await TestServer.RefusedAsync(429, await busy.SendAsync("POST", "/api/sessions", """{"image":"this is never read"}""")));
    }

    private static MultipartFormDataContent Form(byte[] file) => new() { { new ByteArrayContent(file), "image", "picture.png" } };

    public sealed class RealServer : IAsyncLifetime
    {
        internal TestServer Server { get; private set; } = null!;

        public async Task InitializeAsync() => Server = await TestServer.StartWithSessionsAsync(new() { ["SanaLive:Limits:SessionBurst"] = "1000" });

        public Task DisposeAsync() => Server.DisposeAsync().AsTask();
    }
}
