using SanaLive.Sessions.Bookmarks;
using SanaLive.Sessions.Engines;
using SanaLive.Sessions.Recordings;
using SanaLive.Sessions.Replay;

namespace SanaLive.Sessions;

/// <summary>
/// The seam between what people talk to and where sessions live: in this process or as grains in a cluster.
/// Every call names its session by id; an unknown id is a <see cref="SessionException"/> with <see cref="SessionError.NotFound"/>.
/// </summary>
public interface ISessionHost
{
    /// <summary>
    /// Creates a session. It takes a place on an engine when it is watched. Without a free one it waits in line, from its creation on
    /// (<see cref="SessionStatus.Queued"/>, with a position in its events). With a full line neither creating nor watching is accepted
    /// (<see cref="SessionError.Overloaded"/>).
    /// </summary>
    Task<SessionCreated> CreateAsync(CreateSession request, CancellationToken cancellation);

    /// <summary>How many sessions there are and how many there is room for.</summary>
    Task<SessionLoad> LoadAsync(CancellationToken cancellation);

    Task<IReadOnlyList<SessionView>> ListAsync(CancellationToken cancellation);

    Task<SessionView> GetAsync(string id, CancellationToken cancellation);

    /// <summary>True when <paramref name="directorKey"/> may steer the session. Compared in constant time.</summary>
    Task<bool> MaySteerAsync(string id, string directorKey, CancellationToken cancellation);

    /// <summary>Adds a cue to the schedule and answers once it is accepted. The same client id twice is one cue.</summary>
    Task<CueReceipt> CueAsync(string id, CueRequest cue, CancellationToken cancellation);

    /// <summary>Changes a cue that has not been applied.</summary>
    Task<CueReceipt> ChangeCueAsync(string id, string cueId, CueRequest cue, CancellationToken cancellation);

    /// <summary>Takes a cue back that has not been applied.</summary>
    Task<CueReceipt> WithdrawCueAsync(string id, string cueId, CancellationToken cancellation);

    Task<SessionView> PauseAsync(string id, CancellationToken cancellation);

    Task<SessionView> ResumeAsync(string id, CancellationToken cancellation);

    /// <summary>
    /// A session that has failed begins again: the same seed, at block 0, with its schedule; cues apply at the blocks at which they applied.
    /// </summary>
    Task<SessionView> RestartAsync(string id, CancellationToken cancellation);

    /// <summary>The newest blocks that were made, the newest last; after a restart of the server also those that were made again.</summary>
    Task<IReadOnlyList<MadeBlock>> BlocksAsync(string id, CancellationToken cancellation);

    /// <summary>The moments of a session that one can go back to, the oldest first.</summary>
    Task<IReadOnlyList<BookmarkView>> BookmarksAsync(string id, CancellationToken cancellation);

    /// <summary>Keeps this moment: the border before the next block whose making has not begun.</summary>
    Task<BookmarkView> BookmarkAsync(string id, BookmarkRequest request, CancellationToken cancellation);

    /// <summary>A WebP file of what was shown when the bookmark was taken.</summary>
    Task<ReadOnlyMemory<byte>> BookmarkPictureAsync(string id, string bookmark, CancellationToken cancellation);

    /// <summary>Deletes a bookmark.</summary>
    Task ForgetBookmarkAsync(string id, string bookmark, CancellationToken cancellation);

    /// <summary>
    /// The session goes on from one of its bookmarks, with the next block whose making has not begun. Block numbers and media time go on
    /// counting, so its viewers see a cut and nothing else. The prompt is the bookmark's; cues that wait for their block wait for it still,
    /// those that have been applied since do not apply again.
    /// </summary>
    Task<RewindView> RewindAsync(string id, RewindRequest request, CancellationToken cancellation);

    /// <summary>
    /// A new session that goes on from a bookmark of another, or from this moment, with the same block numbers, seed and schedule as of then:
    /// while neither is steered, its blocks are the other's.
    /// </summary>
    Task<SessionCreated> ForkAsync(string id, ForkRequest request, CancellationToken cancellation);

    /// <summary>What a session has shown between two media times, as a file; the caller disposes of it.</summary>
    /// <param name="id">The session.</param>
    /// <param name="from">Null: from the first that is kept.</param>
    /// <param name="to">Null: to what is on now.</param>
    /// <param name="cancellation">Gives up.</param>
    Task<RecordingCut> RecordingAsync(string id, TimeSpan? from, TimeSpan? to, CancellationToken cancellation);

    /// <summary>All that the stream was made from and will be, as far as it is planned: <see cref="CreateSession.Replay"/> makes it again.</summary>
    Task<ScheduleExport> ScheduleAsync(string id, CancellationToken cancellation);

    /// <summary>
    /// Has the session go on, at its next block border, on another engine of this host: with the same blocks, bit for bit, if the engines'
    /// fingerprints are equal. Returns when it is there.
    /// </summary>
    /// <exception cref="SessionException">
    /// <see cref="SessionError.Invalid"/>: no such engine; <see cref="SessionError.Conflict"/>: it is there already, is on its way, or the
    /// engine takes no sessions; <see cref="SessionError.Overloaded"/>: no place there; <see cref="SessionError.Failed"/>: that engine could
    /// not take it, and it goes on where it was.
    /// </exception>
    Task<SessionView> MoveAsync(string id, string engine, CancellationToken cancellation);

    /// <summary>The engines and what they do now.</summary>
    Task<IReadOnlyList<EngineView>> EnginesAsync(CancellationToken cancellation);

    /// <summary>The engine takes no more sessions, and those that it has are moved as soon as there is a place elsewhere. Returns at once.</summary>
    /// <exception cref="SessionException"><see cref="SessionError.NotFound"/>: no such engine; <see cref="SessionError.Conflict"/>: no other serves.</exception>
    Task<EngineView> DrainAsync(string engine, CancellationToken cancellation);

    /// <summary>An engine that was drained takes sessions again.</summary>
    /// <exception cref="SessionException"><see cref="SessionError.NotFound"/>: no such engine.</exception>
    Task<EngineView> ServeAsync(string engine, CancellationToken cancellation);

    /// <summary>Disconnects everybody, and deletes what is kept of the session before it returns.</summary>
    Task CloseAsync(string id, CancellationToken cancellation);

    /// <summary>
    /// The session's blocks in order from <paramref name="fromBlock"/> on (null: the newest). Blocks are made only while
    /// somebody enumerates. The reader takes blocks as soon as they are made and paces them itself. A reader that falls behind is taken to the newest block. Ends when the session is closed.
    /// </summary>
    IAsyncEnumerable<EncodedBlock> WatchAsync(string id, long? fromBlock, CancellationToken cancellation);

    /// <summary>
    /// How many viewers a relay serves now (0: it has gone). <see cref="SessionView.Viewers"/> is the sum over relays, because a
    /// relay enumerates <see cref="WatchAsync"/> once however many viewers it has. An unknown or closed session is no error.
    /// </summary>
    Task ReportViewersAsync(string id, string relay, int viewers, CancellationToken cancellation);

    /// <summary>The whole view after each block and each command, beginning with the present one. Ends when the session is closed, not when its server stops.</summary>
    IAsyncEnumerable<SessionView> EventsAsync(string id, CancellationToken cancellation);

    /// <summary>
    /// The server is being stopped: everybody who follows a session is told, blocks under way are finished, and what is kept is written.
    /// Sessions that are kept go on when the server is started again.
    /// </summary>
    Task StopAsync();
}
