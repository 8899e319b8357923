using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SanaLive.Sessions;
using SanaLive.Sessions.Encoding;
using SanaLive.Sessions.Pictures;
using SanaLive.Web.Hosting;
using SanaLive.Web.Whep;

namespace SanaLive.Web.Tests.Fakes;

/// <summary>The whole server on a free loopback port, with a fake behind the session seam and another behind the viewers'.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private TestServer(WebApplication app, FakeSessionHost host, FakeViewerEndpoint endpoint)
    {
        this.app = app;
        Host = host;
        Endpoint = endpoint;
        Address = new Uri(app.Urls.First());
        Client = new HttpClient { BaseAddress = Address };
    }

    public FakeSessionHost Host { get; }

    public FakeViewerEndpoint Endpoint { get; }

    public Uri Address { get; }

    public HttpClient Client { get; }

    public Backend Backend => app.Services.GetRequiredService<Backend>();

    public static Task<TestServer> StartAsync(params string[] args) => StartAsync(Task.CompletedTask, null, args);

    /// <param name="loaded">Until then the server is not ready.</param>
    /// <param name="time">Null for the real one.</param>
    /// <param name="args">The command line, besides the port.</param>
    public static Task<TestServer> StartAsync(Task loaded, ManualTimeProvider? time, params string[] args) =>
        StartAsync(loaded, CommandLine.Parse(["--port", "0", .. args]), services =>
        {
            if (time is not null) services.Replace(ServiceDescriptor.Singleton<TimeProvider>(time));
        });

    /// <summary>With real sessions on an engine that paints flat pictures.</summary>
    public static Task<TestServer> StartWithSessionsAsync(Dictionary<string, string?>? settings = null) =>
        StartAsync(Task.CompletedTask, OnAnyPort(settings ?? []), services =>
            services.Replace(ServiceDescriptor.Singleton<ISessionHostSource, RealSessions>()));

    /// <summary>With settings that have no option on the command line.</summary>
    public static Task<TestServer> StartWithAsync(Dictionary<string, string?> settings, Action<IServiceCollection>? replace = null) =>
        StartAsync(Task.CompletedTask, OnAnyPort(settings), replace ?? (_ => { }));

    private static CommandLine OnAnyPort(Dictionary<string, string?> settings)
    {
        settings[$"{ServerOptions.Section}:{nameof(ServerOptions.Port)}"] = "0";
        return new CommandLine(settings);
    }

    private static async Task<TestServer> StartAsync(Task loaded, CommandLine commandLine, Action<IServiceCollection> replace)
    {
        var host = new FakeSessionHost();
        var endpoint = new FakeViewerEndpoint();
        var app = Program.Build(commandLine, services =>
        {
            services.Replace(ServiceDescriptor.Singleton<ISessionHostSource>(new Source(host, loaded)));
            services.Replace(ServiceDescriptor.Singleton<IViewerEndpoint>(endpoint));
            replace(services);
        });
        await app.StartAsync();
        var server = new TestServer(app, host, endpoint);
        if (loaded.IsCompletedSuccessfully) await server.Backend.Ready.WaitAsync(TimeSpan.FromSeconds(30));
        return server;
    }

    /// <summary>A new session's id and director's key.</summary>
    public async Task<(string Id, string Key)> CreateAsync(string prompt = "a meadow by day")
    {
        var body = await JsonAsync(await Client.PostAsJsonAsync("/api/sessions", new { prompt }));
        return (body.GetProperty("id").GetString()!, body.GetProperty("directorKey").GetString()!);
    }

    /// <param name="method">Any.</param>
    /// <param name="path">With query.</param>
    /// <param name="json">The body as it is sent; null: none.</param>
    /// <param name="key">For <c>Authorization: Bearer</c>; null: none.</param>
    public async Task<HttpResponseMessage> SendAsync(string method, string path, string? json = null, string? key = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        if (key is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return await Client.SendAsync(request);
    }

    public Task<HttpResponseMessage> OfferAsync(string session, string sdp, string type = "application/sdp") =>
        Client.PostAsync($"/whep/{session}", new StringContent(sdp, new MediaTypeHeaderValue(type)));

    public static async Task<JsonElement> JsonAsync(HttpResponseMessage response) =>
        (await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync())).RootElement;

    /// <summary>Asserts a problem document of this status and returns its sentence.</summary>
    public static async Task<string> RefusedAsync(int status, HttpResponseMessage response)
    {
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var problem = await JsonAsync(response);
        Assert.Equal(status, problem.GetProperty("status").GetInt32());
        var sentence = problem.GetProperty("detail").GetString()!;
        Assert.True(sentence.Length > 15 && sentence.Contains(' '), $"'{sentence}' is no sentence");
        Assert.DoesNotContain("System.", sentence);
        return sentence;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
    }

    private sealed class Source(FakeSessionHost host, Task loaded) : ISessionHostSource
    {
        public async Task<OpenSessionHost> OpenAsync(CancellationToken cancellation)
        {
            await loaded.WaitAsync(cancellation);
            return new OpenSessionHost(host, [new FakeEngine()]);
        }
    }

    private sealed class RealSessions(ServerOptions options, TimeProvider time, ILogger<InProcessSessionHost> logger) : ISessionHostSource
    {
        public Task<OpenSessionHost> OpenAsync(CancellationToken cancellation)
        {
            var encoder = new Vp8BlockEncoder(options.Sessions.Video, time);
            var engine = new FakeEngine();
            var host = new InProcessSessionHost([engine], encoder, new FfmpegPictureReader(time), Options.Create(options.Sessions), time, logger);
            return Task.FromResult(new OpenSessionHost(host, [engine], encoder));
        }
    }
}
