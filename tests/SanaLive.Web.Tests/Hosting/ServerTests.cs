using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SanaLive.Web.Hosting;
using SanaLive.Web.Tests.Fakes;

namespace SanaLive.Web.Tests.Hosting;

public sealed class ServerTests : IDisposable
{
    private readonly DirectoryInfo page = Directory.CreateTempSubdirectory("sanalive-page");

    public ServerTests()
    {
        File.WriteAllText(Path.Combine(page.FullName, "index.html"), "<!doctype html><title>page</title>");
        Directory.CreateDirectory(Path.Combine(page.FullName, "assets"));
        File.WriteAllText(Path.Combine(page.FullName, "assets", "index-abc.js"), "1");
        File.WriteAllText(Path.Combine(page.FullName, "..", $"{page.Name}.secret"), "what nobody may read");
    }

    public void Dispose()
    {
        page.Delete(recursive: true);
        File.Delete(page.FullName + ".secret");
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/watch/0123456789")]
    [InlineData("/direct/0123456789")]
    public async Task Page_AtItsAddresses_IsTheDocument(string path)
    {
        await using var server = await TestServer.StartAsync("--web-root", page.FullName);
        var response = await server.SendAsync("GET", path);
        Assert.Contains("<title>page</title>", await response.Content.ReadAsStringAsync());
        Assert.Equal("text/html", response.Content.Headers.ContentType!.MediaType);
        Assert.True(response.Headers.CacheControl!.NoCache);
        var policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("script-src 'self';", policy);
        Assert.Contains("object-src 'none'", policy);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("no-referrer", Assert.Single(response.Headers.GetValues("Referrer-Policy")));
        Assert.False(response.Headers.Contains("Server"));
    }

    [Fact]
    public async Task Head_OfPageAndHealth_IsAnswered()
    {
        await using var server = await TestServer.StartAsync("--web-root", page.FullName);
        foreach (var path in new[] { "/", "/healthz", "/readyz" })
            Assert.Equal(HttpStatusCode.OK, (await server.SendAsync("HEAD", path)).StatusCode);
    }

    [Fact]
    public async Task Page_Assets_AreKeptForEver()
    {
        await using var server = await TestServer.StartAsync("--web-root", page.FullName);
        var response = await server.SendAsync("GET", "/assets/index-abc.js");
        Assert.Contains("immutable", response.Headers.CacheControl!.ToString());
    }

    [Theory]
    [InlineData("/..%2f{0}.secret")]
    [InlineData("/assets/..%2f..%2f{0}.secret")]
    [InlineData("/%2e%2e/{0}.secret")]
    [InlineData("/watch/..%2f..%2f{0}.secret")]
    public async Task Page_PathTricks_LeadNowhereElse(string path)
    {
        await using var server = await TestServer.StartAsync("--web-root", page.FullName);
        var answer = await RawAsync(server.Address, string.Format(null, path, page.Name));
        Assert.StartsWith("HTTP/1.1 ", answer);
        Assert.DoesNotContain("what nobody may read", answer);
    }

    [Fact]
    public async Task Page_NotBuilt_SaysHowToBuildIt()
    {
        await using var server = await TestServer.StartAsync("--web-root", Path.Combine(page.FullName, "nothing"));
        Assert.Contains("sanalive", await TestServer.RefusedAsync(404, await server.SendAsync("GET", "/")));
    }

    [Fact]
    public async Task Listen_ByDefault_IsLoopbackOnly()
    {
        await using var server = await TestServer.StartAsync();
        Assert.True(IPAddress.IsLoopback(IPAddress.Parse(server.Address.Host)));
    }

    [Fact]
    public async Task Limits_TooManyCreations_WaitAndSaySo()
    {
        await using var server = await LimitedAsync("SessionBurst", "SessionsPerSecond");
        Assert.Equal(HttpStatusCode.Created, (await server.SendAsync("POST", "/api/sessions", "{}")).StatusCode);
        var refused = await server.SendAsync("POST", "/api/sessions", "{}");
        Assert.Contains("Try again in", await TestServer.RefusedAsync(429, refused));
        Assert.True(refused.Headers.RetryAfter!.Delta > TimeSpan.FromSeconds(1));

        await using var hub = await Live.HubConnection.OpenAsync(server.Address);
        Assert.Contains("Try again in", (await hub.CallAsync("Create", new { })).GetProperty("error").GetString());
    }

    [Fact]
    public async Task Limits_TooManyCues_WaitAndSaySo()
    {
        await using var server = await LimitedAsync("CueBurst", "CuesPerSecond");
        var (id, key) = await server.CreateAsync();
        Assert.Equal(HttpStatusCode.Accepted, (await server.SendAsync("POST", $"/api/sessions/{id}/cues", """{"prompt":"a"}""", key)).StatusCode);
        await TestServer.RefusedAsync(429, await server.SendAsync("POST", $"/api/sessions/{id}/cues", """{"prompt":"b"}""", key));
        Assert.Equal(HttpStatusCode.OK, (await server.SendAsync("GET", $"/api/sessions/{id}")).StatusCode);
    }

    [Fact]
    public async Task Limits_TooManyOffers_WaitAndSaySo()
    {
        await using var server = await LimitedAsync("OfferBurst", "OffersPerSecond");
        var (id, _) = await server.CreateAsync();
        Assert.Equal(HttpStatusCode.Created, (await server.OfferAsync(id, "v=0 VP8")).StatusCode);
        await TestServer.RefusedAsync(429, await server.OfferAsync(id, "v=0 VP8"));
    }

    [Fact]
    public async Task Cors_ByDefault_LetsNoOtherOriginIn()
    {
        await using var server = await TestServer.StartAsync();
        var response = await PreflightAsync(server, "https://game.example.org");
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Cors_AllowedOrigin_MayPostAndReadTheLocation()
    {
        await using var server = await TestServer.StartAsync("--allow-origin", "https://game.example.org");
        var preflight = await PreflightAsync(server, "https://game.example.org");
        Assert.Equal("https://game.example.org", Assert.Single(preflight.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.False((await PreflightAsync(server, "https://evil.example.org")).Headers.Contains("Access-Control-Allow-Origin"));

        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/sessions") { Content = JsonContent.Create(new { }) };
        request.Headers.Add("Origin", "https://game.example.org");
        var response = await server.Client.SendAsync(request);
        Assert.Contains("Location", Assert.Single(response.Headers.GetValues("Access-Control-Expose-Headers")));
    }

    [Fact]
    public async Task ForwardedHeaders_OfAnUnknownProxy_AreNotBelieved()
    {
        await using var server = await TestServer.StartAsync("--trust-proxy", "192.0.2.9");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/sessions");
        request.Headers.Add("X-Forwarded-For", "127.0.0.1");
        await TestServer.RefusedAsync(401, await server.Client.SendAsync(request));
    }

    [Fact]
    public async Task Stop_WithViewersAndHubs_IsQuickAndClosesThem()
    {
        var server = await TestServer.StartAsync();
        var (id, _) = await server.CreateAsync();
        await server.OfferAsync(id, "v=0 VP8");
        server.Endpoint.Accepted.TryPeek(out var viewer);
        viewer!.Connect();
        var watch = await server.Host.WatchedAsync();
        await using var hub = await Live.HubConnection.OpenAsync(server.Address);
        await hub.StreamAsync("Events", id);

        await server.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(5));
        Assert.True(watch.Ended.Task.IsCompleted);
        Assert.True(viewer.Closed.IsCompleted);
        Assert.True(server.Endpoint.Disposed);
    }

    [Fact]
    public async Task Stop_OfSessionsThatHang_IsNotHeldUpByThem()
    {
        var server = await TestServer.StartWithAsync([], services => services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMilliseconds(300)));
        server.Host.StopGate = new TaskCompletionSource().Task;

        await server.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.True(server.Endpoint.Disposed);
    }

    [Fact]
    public async Task Main_WrongOptions_EndWith2()
    {
        Assert.Equal(2, await Program.Main(["--prot", "80"]));
        Assert.Equal(2, await Program.Main(["--threads", "0"]));
        Assert.Equal(0, await Program.Main(["--version"]));
    }

    [Fact]
    public async Task Main_NoModel_EndsWith1() => Assert.Equal(1, await Program.Main(["--port", "0", "--model", page.FullName + "/none"]));

    [Fact]
    public async Task Main_PortTaken_EndsWith2()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        Assert.Equal(2, await Program.Main(["--port", $"{((IPEndPoint)taken.LocalEndpoint).Port}"]));
    }

    /// <summary>A server whose bucket holds one, and refills in a hundred seconds.</summary>
    private static Task<TestServer> LimitedAsync(string burst, string rate) =>
        TestServer.StartWithAsync(new() { [$"{ServerOptions.Section}:Limits:{burst}"] = "1", [$"{ServerOptions.Section}:Limits:{rate}"] = "0.01" });

    private static async Task<HttpResponseMessage> PreflightAsync(TestServer server, string origin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Options, "/api/sessions");
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "content-type");
        return await server.Client.SendAsync(request);
    }

    /// <summary>HttpClient would tidy the path up before sending it.</summary>
    private static async Task<string> RawAsync(Uri address, string path)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30));
    }
}
