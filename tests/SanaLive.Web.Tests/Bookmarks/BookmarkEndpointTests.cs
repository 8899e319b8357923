using System.Net;
using SanaLive.Web.Tests.Fakes;

namespace SanaLive.Web.Tests.Bookmarks;

public sealed class BookmarkEndpointTests(SharedServer shared) : IClassFixture<SharedServer>, IAsyncLifetime
{
    private readonly TestServer server = shared.Server;
    private string id = "", key = "";

    public async Task InitializeAsync() => (id, key) = await server.CreateAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Bookmark_Added_IsListedWithItsPicture()
    {
        var added = await SendAsync("POST", "bookmarks", """{"name":"the train"}""");
        Assert.Equal(HttpStatusCode.Created, added.StatusCode);
        var bookmark = await TestServer.JsonAsync(added);
        Assert.Equal(("b1", "the train", 20.0), (bookmark.GetProperty("id").GetString(), bookmark.GetProperty("name").GetString(), bookmark.GetProperty("mediaTime").GetDouble()));
        var listed = await TestServer.JsonAsync(await server.SendAsync("GET", Path("bookmarks")));
        Assert.Equal("b1", listed.EnumerateArray().Single().GetProperty("id").GetString());
        var picture = await server.SendAsync("GET", Path("bookmarks/b1/picture"));
        Assert.Equal("image/webp", picture.Content.Headers.ContentType!.MediaType);
        Assert.True(picture.Headers.CacheControl!.Private);
    }

    [Fact]
    public async Task Rewind_ToABookmark_AnswersItsBlock()
    {
        await SendAsync("POST", "bookmarks", """{"name":"here"}""");
        var response = await SendAsync("POST", "rewind", """{"bookmark":"b1"}""");
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        var rewind = await TestServer.JsonAsync(response);
        Assert.Equal((90, 40), (rewind.GetProperty("block").GetInt64(), rewind.GetProperty("from").GetInt64()));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("{}")]
    [InlineData("""{"prompt":"night"}""")]
    public async Task Fork_OfThisMoment_IsASessionWithAKeyOfItsOwn(string? body)
    {
        var response = await SendAsync("POST", "fork", body);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var fork = await TestServer.JsonAsync(response);
        Assert.Equal($"/api/sessions/{fork.GetProperty("id").GetString()}", response.Headers.Location!.OriginalString);
        Assert.NotEqual(id, fork.GetProperty("id").GetString());
        Assert.NotEqual(key, fork.GetProperty("directorKey").GetString());
    }

    [Theory]
    [InlineData("POST", "bookmarks", """{"name":"x"}""")]
    [InlineData("DELETE", "bookmarks/b1", null)]
    [InlineData("POST", "rewind", """{"bookmark":"b1"}""")]
    [InlineData("POST", "fork", "{}")]
    public async Task Command_WithoutTheKey_IsRefused(string method, string path, string? body)
    {
        await TestServer.RefusedAsync(401, await server.SendAsync(method, Path(path), body));
        await TestServer.RefusedAsync(403, await server.SendAsync(method, Path(path), body, "another"));
    }

    [Theory]
    [InlineData("GET", "bookmarks/b9/picture", null)]
    [InlineData("DELETE", "bookmarks/b9", null)]
    [InlineData("POST", "rewind", """{"bookmark":"b9"}""")]
    [InlineData("POST", "fork", """{"bookmark":"b9"}""")]
    public async Task UnknownBookmark_IsNotFound(string method, string path, string? body) =>
        Assert.Contains("b9", await TestServer.RefusedAsync(404, await SendAsync(method, path, body)), StringComparison.Ordinal);

    [Theory]
    [InlineData("bookmarks", "{}")]
    [InlineData("bookmarks", """{"name":null}""")]
    [InlineData("bookmarks", """{"title":"x"}""")]
    [InlineData("rewind", "{}")]
    [InlineData("rewind", null)]
    [InlineData("rewind", """{"bookmark":7}""")]
    [InlineData("fork", """{"bookmarks":"b1"}""")]
    public async Task Body_ThatCannotBeRight_IsRefusedWithASentence(string path, string? body) =>
        await TestServer.RefusedAsync(400, await SendAsync("POST", path, body));

    private string Path(string path) => $"/api/sessions/{id}/{path}";

    private Task<HttpResponseMessage> SendAsync(string method, string path, string? body = null) => server.SendAsync(method, Path(path), body, key);
}
