using System.Net;
using SanaLive.Rtc;
using SanaLive.Sessions;
using SanaLive.Web.Tests.Fakes;

namespace SanaLive.Web.Tests.Whep;

public sealed class WhepEndpointTests : IAsyncLifetime
{
    private const string Offer = "v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 VP8/90000\r\n";
    private TestServer server = null!;
    private string id = "", key = "";

    public async Task InitializeAsync()
    {
        server = await TestServer.StartAsync();
        (id, key) = await server.CreateAsync();
    }

    public Task DisposeAsync() => server.DisposeAsync().AsTask();

    [Fact]
    public async Task Options_SaysWhatCanBePosted()
    {
        var response = await server.SendAsync("OPTIONS", $"/whep/{id}");
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal("application/sdp", Assert.Single(response.Headers.GetValues("Accept-Post")));
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("application/sdp")]
    [InlineData("Application/SDP; charset=utf-8")]
    public async Task Post_Offer_AnswersWithTheViewersAddress(string type)
    {
        var content = new StringContent(Offer);
        content.Headers.Remove("Content-Type");
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        var response = await server.Client.PostAsync($"/whep/{id}", content);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal("application/sdp", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("v=0\r\n", await response.Content.ReadAsStringAsync());
        Assert.Equal($"/whep/{id}/viewer-1", response.Headers.Location!.OriginalString);
    }

    [Theory]
    [InlineData("text/plain", Offer, 415)]
    [InlineData("application/json", "{}", 415)]
    [InlineData("application/sdp", "rubbish \0\u0001", 400)]
    [InlineData("application/sdp", "", 400)]
    [InlineData("application/sdp", "v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 H265/90000\r\n", 406)]
    public async Task Post_WhatCannotBeAnswered_IsRefusedWithASentence(string type, string body, int status) =>
        await TestServer.RefusedAsync(status, await server.OfferAsync(id, body, type));

    [Fact]
    public async Task Post_WithoutContentType_IsRefused() =>
        await TestServer.RefusedAsync(415, await server.Client.PostAsync($"/whep/{id}", new ByteArrayContent([1, 2])));

    [Theory]
    [InlineData(64 * 1024, 201)]
    [InlineData((64 * 1024) + 1, 413)]
    public async Task Post_UpTo64KB_IsRead(int bytes, int status)
    {
        var response = await server.OfferAsync(id, Offer.PadRight(bytes, 'x'));
        Assert.Equal(status, (int)response.StatusCode);
        if (status != 201) Assert.Contains("64 KB", await TestServer.RefusedAsync(status, response));
    }

    [Fact]
    public async Task Post_ChunkedBodyWithoutEnd_IsRefusedAt64KB()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/whep/{id}") { Content = new StringContent(new string('v', 70_000)) };
        request.Content.Headers.ContentType = new("application/sdp");
        request.Headers.TransferEncodingChunked = true;
        await TestServer.RefusedAsync(413, await server.Client.SendAsync(request));
    }

    [Fact]
    public async Task Post_UnknownSession_IsRefused() => await TestServer.RefusedAsync(404, await server.OfferAsync("nobody", Offer));

    [Fact]
    public async Task Post_FailedSession_IsRefused()
    {
        server.Host.Set(id, SessionStatus.Failed);
        await TestServer.RefusedAsync(409, await server.OfferAsync(id, Offer));
    }

    [Fact]
    public async Task Post_NoRoomForViewers_IsRefusedUntilLater()
    {
        server.Endpoint.Failure = new RtcException(RtcError.TooManyViewers, "All 1000 places for viewers are taken.");
        var response = await server.OfferAsync(id, Offer);
        Assert.Contains("taken", await TestServer.RefusedAsync(503, response));
        Assert.NotNull(response.Headers.RetryAfter);
    }

    [Theory]
    [InlineData(SessionStatus.Idle, 503)]
    [InlineData(SessionStatus.Queued, 201)]
    [InlineData(SessionStatus.Streaming, 201)]
    [InlineData(SessionStatus.Paused, 201)]
    public async Task Post_LineOfStreamsIsFull_RefusesOnlyWhoWouldBeginOne(SessionStatus status, int answer)
    {
        server.Host.Set(id, status);
        server.Host.Load = new SessionLoad(0, 4, 16, 4, IsFull: true);
        var response = await server.OfferAsync(id, Offer);
        Assert.Equal(answer, (int)response.StatusCode);
        if (answer == 201) return;
        Assert.Contains("16 more wait", await TestServer.RefusedAsync(503, response));
        Assert.NotNull(response.Headers.RetryAfter);
    }

    [Theory]
    [InlineData("", "OPTIONS, POST")]
    [InlineData("/viewer-1", "DELETE")]
    public async Task Patch_IsNotNeeded(string resource, string allow)
    {
        var response = await server.SendAsync("PATCH", $"/whep/{id}{resource}", "{}");
        Assert.Contains("ICE-lite", await TestServer.RefusedAsync(405, response));
        Assert.Equal(allow, string.Join(", ", response.Content.Headers.Allow));
    }

    [Fact]
    public async Task Get_IsNotDone() => await TestServer.RefusedAsync(405, await server.SendAsync("GET", $"/whep/{id}"));

    [Fact]
    public async Task Viewer_FromOfferToGoodbye_IsWatchedAllTheTimeAndCountsWhenConnected()
    {
        var location = (await server.OfferAsync(id, Offer)).Headers.Location!.OriginalString;
        Assert.True(server.Endpoint.Accepted.TryPeek(out var viewer));
        // A new session makes its first block while the connection is made; for how long without one: RelayTests.
        var watch = await server.Host.WatchedAsync();

        viewer!.Connect();
        await server.Host.ReportedAsync(1);
        Assert.Equal(HttpStatusCode.OK, (await server.SendAsync("DELETE", location)).StatusCode);
        await viewer.Closed;
        await watch.Ended.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await server.Host.ReportedAsync(0);
    }

    [Fact]
    public async Task Viewer_NeverConnects_IsForgotten()
    {
        var location = (await server.OfferAsync(id, Offer)).Headers.Location!.OriginalString;
        server.Endpoint.Accepted.TryPeek(out var viewer);
        var watch = await server.Host.WatchedAsync();
        viewer!.Close();
        await watch.Ended.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await TestServer.RefusedAsync(404, await GoneAsync(location));
    }

    [Fact]
    public async Task Delete_UnderAnotherSession_IsRefused()
    {
        await server.OfferAsync(id, Offer);
        var (other, _) = await server.CreateAsync();
        await TestServer.RefusedAsync(404, await server.SendAsync("DELETE", $"/whep/{other}/viewer-1"));
        Assert.True(server.Endpoint.Accepted.TryPeek(out var viewer));
        Assert.False(viewer!.Closed.IsCompleted);
    }

    [Fact]
    public async Task Session_IsClosed_DisconnectsItsViewers()
    {
        await server.OfferAsync(id, Offer);
        server.Endpoint.Accepted.TryPeek(out var viewer);
        viewer!.Connect();
        await server.Host.WatchedAsync();
        await server.SendAsync("DELETE", $"/api/sessions/{id}", key: key);
        await viewer.Closed.WaitAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>The viewer is forgotten on another thread than the one that closes it.</summary>
    private async Task<HttpResponseMessage> GoneAsync(string location)
    {
        for (var i = 0; i < 1000; i++)
        {
            var response = await server.SendAsync("DELETE", location);
            if (response.StatusCode != HttpStatusCode.OK) return response;
        }

        throw new TimeoutException("The viewer is still there.");
    }
}
