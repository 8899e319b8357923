using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.SignalR;
using SanaLive.Sessions;
using SanaLive.Sessions.Bookmarks;
using SanaLive.Web.Hosting;
using SanaLive.Web.Models;
using SanaLive.Web.Sessions;
using SanaLive.Web.Status;

namespace SanaLive.Web.Live;

/// <summary>The commands and events of the API over one connection. Refusals are <see cref="HubException"/>s with status and sentence.</summary>
public sealed class LiveHub(Backend backend, RequestLimits limits, StatusReporter status) : Hub
{
    /// <summary>More than any page or game follows at once.</summary>
    public const int EventsPerConnection = 64;

    public async Task<SessionStarted> Create(CreateSession? request)
    {
        Count(limits.Creations);
        return SessionStarted.From(await Host.CreateAsync(SessionEndpoints.Checked(request), Context.ConnectionAborted));
    }

    public Task<SessionView> Get(string id) => Host.GetAsync(id, Context.ConnectionAborted);

    public Task<bool> MaySteer(string id, string key) => Host.MaySteerAsync(id, key, Context.ConnectionAborted);

    public async Task<CueReceipt> Cue(string id, string key, CueRequest cue)
    {
        Count(limits.Cues);
        await DirectorAsync(id, key);
        return await Host.CueAsync(id, cue, Context.ConnectionAborted);
    }

    public async Task<CueReceipt> ChangeCue(string id, string key, string cueId, CueRequest cue)
    {
        Count(limits.Cues);
        await DirectorAsync(id, key);
        return await Host.ChangeCueAsync(id, cueId, cue, Context.ConnectionAborted);
    }

    public async Task<CueReceipt> WithdrawCue(string id, string key, string cueId)
    {
        Count(limits.Cues);
        await DirectorAsync(id, key);
        return await Host.WithdrawCueAsync(id, cueId, Context.ConnectionAborted);
    }

    public async Task<SessionView> Pause(string id, string key)
    {
        await DirectorAsync(id, key);
        return await Host.PauseAsync(id, Context.ConnectionAborted);
    }

    public async Task<SessionView> Resume(string id, string key)
    {
        await DirectorAsync(id, key);
        return await Host.ResumeAsync(id, Context.ConnectionAborted);
    }

    public async Task<SessionView> Restart(string id, string key)
    {
        await DirectorAsync(id, key);
        return await Host.RestartAsync(id, Context.ConnectionAborted);
    }

    public Task<IReadOnlyList<BookmarkView>> Bookmarks(string id) => Host.BookmarksAsync(id, Context.ConnectionAborted);

    public async Task<BookmarkView> Bookmark(string id, string key, BookmarkRequest bookmark)
    {
        Count(limits.Cues);
        await DirectorAsync(id, key);
        return await Host.BookmarkAsync(id, bookmark, Context.ConnectionAborted);
    }

    public async Task ForgetBookmark(string id, string key, string bookmark)
    {
        Count(limits.Cues);
        await DirectorAsync(id, key);
        await Host.ForgetBookmarkAsync(id, bookmark, Context.ConnectionAborted);
    }

    public async Task<RewindView> Rewind(string id, string key, RewindRequest rewind)
    {
        Count(limits.Cues);
        await DirectorAsync(id, key);
        return await Host.RewindAsync(id, rewind, Context.ConnectionAborted);
    }

    public async Task<SessionStarted> Fork(string id, string key, ForkRequest fork)
    {
        Count(limits.Creations);
        await DirectorAsync(id, key);
        return SessionStarted.From(await Host.ForkAsync(id, fork, Context.ConnectionAborted));
    }

    public async Task Close(string id, string key)
    {
        await DirectorAsync(id, key);
        await Host.CloseAsync(id, Context.ConnectionAborted);
    }

    /// <summary>See <see cref="Backend.Instance"/>.</summary>
    public string Instance() => backend.Instance;

    public ModelsView Models() => backend.IsReady ? ModelsView.Of(backend.Models) : throw NotReady();

    public Task<StatusView> Status() => status.ReadAsync(Context.ConnectionAborted);

    /// <summary>The whole view after each block and each command, beginning with the present one; ends with the session.</summary>
    public async IAsyncEnumerable<SessionView> Events(string id, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var stream = EventStreams.Enter(Context);
        await using var views = await HubRefusals.TellAsync(
            () => ValueTask.FromResult(Host.EventsAsync(id, cancellation).GetAsyncEnumerator(cancellation)));
        while (await HubRefusals.TellAsync(() => views.MoveNextAsync())) yield return views.Current;
    }

    private ISessionHost Host => backend.IsReady ? backend.Sessions : throw NotReady();

    private HubException NotReady() => HubRefusals.Of(StatusCodes.Status503ServiceUnavailable, backend.Reason ?? "");

    private async Task DirectorAsync(string id, string key)
    {
        if (!await Host.MaySteerAsync(id, key, Context.ConnectionAborted)) throw HubRefusals.Of(StatusCodes.Status403Forbidden, DirectorOnly.WrongKey);
    }

    private void Count(System.Threading.RateLimiting.PartitionedRateLimiter<System.Net.IPAddress> limiter)
    {
        if (RequestLimits.Refused(limiter, Context.GetHttpContext()?.Connection.RemoteIpAddress) is { } after)
            throw HubRefusals.Of(StatusCodes.Status429TooManyRequests, RequestLimits.Sentence(after));
    }
}
