using SanaLive.Sessions;
using SanaLive.Sessions.Bookmarks;
using SanaLive.Sessions.Replay;

namespace SanaLive.Grains.Sessions;

/// <summary>
/// A session, by its id: <see cref="ISessionHost"/> less that parameter. A call that finds the session gone throws
/// <see cref="SessionElsewhereException"/> and has done nothing.
/// </summary>
[Alias("sanalive.session")]
public interface ISessionGrain : IGrainWithStringKey
{
    Task<SessionCreated> CreateAsync(CreateSession request, CancellationToken cancellation);

    /// <summary>The session was made on this silo, by a fork: from now on it is called here.</summary>
    Task AdoptAsync();

    /// <summary>The silo that it is on.</summary>
    Task<SiloAddress> WhereAsync();

    Task<SessionView> GetAsync();

    Task<bool> MaySteerAsync(string directorKey);

    Task<CueReceipt> CueAsync(CueRequest cue, CancellationToken cancellation);

    Task<CueReceipt> ChangeCueAsync(string cueId, CueRequest cue, CancellationToken cancellation);

    Task<CueReceipt> WithdrawCueAsync(string cueId);

    Task<SessionView> PauseAsync();

    Task<SessionView> ResumeAsync();

    Task<SessionView> RestartAsync(CancellationToken cancellation);

    Task<MadeBlock[]> BlocksAsync();

    Task<BookmarkView[]> BookmarksAsync();

    Task<BookmarkView> BookmarkAsync(BookmarkRequest request, CancellationToken cancellation);

    Task<byte[]> BookmarkPictureAsync(string bookmark);

    Task ForgetBookmarkAsync(string bookmark);

    Task<RewindView> RewindAsync(RewindRequest request, CancellationToken cancellation);

    Task<SessionCreated> ForkAsync(ForkRequest request, CancellationToken cancellation);

    IAsyncEnumerable<RecordingPart> RecordingAsync(TimeSpan? from, TimeSpan? to, CancellationToken cancellation);

    Task<ScheduleExport> ScheduleAsync();

    /// <summary>To another engine of the silo that it is on.</summary>
    Task<SessionView> MoveAsync(string engine, CancellationToken cancellation);

    Task CloseAsync(CancellationToken cancellation);

    /// <summary>See <see cref="ISessionHost.WatchAsync"/>; with a heartbeat while nothing is made.</summary>
    IAsyncEnumerable<WatchItem> WatchAsync(long? fromBlock, CancellationToken cancellation);

    Task ReportViewersAsync(string relay, int viewers);

    /// <summary>See <see cref="ISessionHost.EventsAsync"/>; with a heartbeat while nothing happens.</summary>
    IAsyncEnumerable<FollowedView> EventsAsync(CancellationToken cancellation);
}
