using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using SanaLive.Sessions;
using SanaLive.Sessions.Bookmarks;
using SanaLive.Sessions.Engines;
using SanaLive.Sessions.Recordings;
using SanaLive.Sessions.Replay;

namespace SanaLive.Web.Tests.Fakes;

/// <summary>Sessions in a dictionary; blocks come from the test.</summary>
internal sealed class FakeSessionHost : ISessionHost
{
    private readonly ConcurrentDictionary<string, Session> sessions = [];

    private readonly Channel<Watch> watches = Channel.CreateUnbounded<Watch>();
    private readonly Channel<int> reports = Channel.CreateUnbounded<int>();

    /// <summary>What every call ends in, if not well.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Until then it does not stop.</summary>
    public Task StopGate { get; set; } = Task.CompletedTask;

    public SessionLoad Load { get; set; } = new(0, 0, 0, 4);

    /// <summary>The next watch that a relay begins.</summary>
    public Task<Watch> WatchedAsync() => watches.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    public bool IsWatched => watches.Reader.TryPeek(out _);

    /// <summary>Waits until a relay has reported so many viewers.</summary>
    public async Task ReportedAsync(int viewers)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await reports.Reader.ReadAsync(patience.Token) != viewers)
        {
        }
    }

    public Task<SessionCreated> CreateAsync(CreateSession request, CancellationToken cancellation)
    {
        if (Failure is not null) throw Failure;
        if (request.Prompt is { Length: 0 or > 2000 }) throw new SessionException(SessionError.Invalid, "A prompt has 1 to 2,000 characters.");
        var id = Guid.NewGuid().ToString("N");
        var session = sessions[id] = new Session(id, $"key-of-{id}", View(id, request.Prompt ?? "a meadow by day", request.Seed ?? 1));
        return Task.FromResult(new SessionCreated(id, session.Key, session.View));
    }

    public Task<SessionLoad> LoadAsync(CancellationToken cancellation) => Task.FromResult(Load with { Sessions = sessions.Count });

    public Task<IReadOnlyList<SessionView>> ListAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<SessionView>>([.. sessions.Values.Select(session => session.View)]);

    public Task<SessionView> GetAsync(string id, CancellationToken cancellation) => Task.FromResult(Find(id).View);

    public Task<bool> MaySteerAsync(string id, string directorKey, CancellationToken cancellation) =>
        Task.FromResult(Find(id).Key == directorKey);

    public Task<CueReceipt> CueAsync(string id, CueRequest cue, CancellationToken cancellation)
    {
        var session = Find(id);
        if (string.IsNullOrEmpty(cue.Prompt) && cue.Controls is null) throw new SessionException(SessionError.Invalid, "A cue needs a prompt or controls.");
        if (cue.ClientId is not null && session.View.Cues.FirstOrDefault(old => old.ClientId == cue.ClientId) is { } same)
            return Task.FromResult(same);
        var receipt = new CueReceipt
        {
            Id = $"c{session.View.Cues.Count + 1}",
            ClientId = cue.ClientId,
            Prompt = cue.Prompt ?? "controls",
            Controls = cue.Controls,
            Status = CueStatus.Accepted,
            Block = cue.AtBlock ?? session.View.Block,
            BlendBlocks = cue.BlendBlocks ?? 0,
        };
        session.Change(view => view with { Cues = [.. view.Cues, receipt] });
        return Task.FromResult(receipt);
    }

    public Task<CueReceipt> ChangeCueAsync(string id, string cueId, CueRequest cue, CancellationToken cancellation) =>
        Task.FromResult(Replace(id, cueId, old => old with { Prompt = cue.Prompt ?? old.Prompt, Controls = cue.Controls ?? old.Controls }));

    public Task<CueReceipt> WithdrawCueAsync(string id, string cueId, CancellationToken cancellation) =>
        Task.FromResult(Replace(id, cueId, old => old with { Status = CueStatus.Withdrawn }));

    public Task<SessionView> PauseAsync(string id, CancellationToken cancellation) => Task.FromResult(Set(id, SessionStatus.Paused));

    public Task<SessionView> ResumeAsync(string id, CancellationToken cancellation) => Task.FromResult(Set(id, SessionStatus.Idle));

    public Task<SessionView> RestartAsync(string id, CancellationToken cancellation) => Find(id).View.Status == SessionStatus.Failed
        ? Task.FromResult(Set(id, SessionStatus.Idle))
        : throw new SessionException(SessionError.Conflict, "This session has not failed: it goes on.");

    public Task<IReadOnlyList<MadeBlock>> BlocksAsync(string id, CancellationToken cancellation)
    {
        Find(id);
        return Task.FromResult<IReadOnlyList<MadeBlock>>([new MadeBlock(1, 7, 5, "c0ffee")]);
    }

    public Task<IReadOnlyList<BookmarkView>> BookmarksAsync(string id, CancellationToken cancellation) => Task.FromResult<IReadOnlyList<BookmarkView>>([.. Find(id).Bookmarks]);

    public Task<BookmarkView> BookmarkAsync(string id, BookmarkRequest request, CancellationToken cancellation)
    {
        var session = Find(id);
        var bookmark = new BookmarkView($"b{session.Bookmarks.Count + 1}", request.Name, 40, TimeSpan.FromSeconds(20), DateTimeOffset.UnixEpoch, "day", "meadow day", 3, true);
        session.Bookmarks.Enqueue(bookmark);
        return Task.FromResult(bookmark);
    }

    public Task<ReadOnlyMemory<byte>> BookmarkPictureAsync(string id, string bookmark, CancellationToken cancellation)
    {
        FindBookmark(id, bookmark);
        return Task.FromResult<ReadOnlyMemory<byte>>("RIFF"u8.ToArray());
    }

    public Task ForgetBookmarkAsync(string id, string bookmark, CancellationToken cancellation)
    {
        FindBookmark(id, bookmark);
        return Task.CompletedTask;
    }

    public Task<RewindView> RewindAsync(string id, RewindRequest request, CancellationToken cancellation)
    {
        var bookmark = FindBookmark(id, request.Bookmark);
        return Task.FromResult(new RewindView(bookmark.Id, bookmark.Name, 90, bookmark.Block));
    }

    public Task<SessionCreated> ForkAsync(string id, ForkRequest request, CancellationToken cancellation)
    {
        if (request.Bookmark is { } bookmark) FindBookmark(id, bookmark);
        return CreateAsync(new CreateSession(request.Prompt), cancellation);
    }

    public Task<RecordingCut> RecordingAsync(string id, TimeSpan? from, TimeSpan? to, CancellationToken cancellation)
    {
        Find(id);
        throw new SessionException(SessionError.NotFound, "Of this session 0 s to 12 s of media time are kept: choose from and to within that.");
    }

    public Task<ScheduleExport> ScheduleAsync(string id, CancellationToken cancellation) =>
        Task.FromResult(new ScheduleExport(1, "f00d", Find(id).View.Seed, [new ScheduledCue(3, 1, "night")], Find(id).View.Prompt));

    private BookmarkView FindBookmark(string id, string bookmark) => Find(id).Bookmarks.FirstOrDefault(one => one.Id == bookmark)
        ?? throw new SessionException(SessionError.NotFound, $"This session has no bookmark '{bookmark}'.");

    public Task<SessionView> MoveAsync(string id, string engine, CancellationToken cancellation) => engine == "fake-0"
        ? throw new SessionException(SessionError.Conflict, "This session is on engine fake-0 already.")
        : Task.FromResult(Find(id).Change(view => view with { Engine = engine }));

    /// <summary>Drained, by name.</summary>
    public ConcurrentDictionary<string, bool> Drained { get; } = [];

    public Task<IReadOnlyList<EngineView>> EnginesAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<EngineView>>([ViewOf("fake-0")]);

    public Task<EngineView> DrainAsync(string engine, CancellationToken cancellation)
    {
        Drained[engine] = true;
        return Task.FromResult(ViewOf(engine));
    }

    public Task<EngineView> ServeAsync(string engine, CancellationToken cancellation)
    {
        Drained.TryRemove(engine, out _);
        return Task.FromResult(ViewOf(engine));
    }

    private EngineView ViewOf(string engine) =>
        new(engine, Drained.ContainsKey(engine) ? EngineState.Drained : EngineState.Serving, null, 1, 4, 0, 0, FakeEngine.Card.Name, 0, 10, 5, new FakeEngine().Facts);

    public Task StopAsync() => StopGate;

    public Task CloseAsync(string id, CancellationToken cancellation)
    {
        var session = Find(id);
        sessions.TryRemove(id, out _);
        session.Change(view => view with { Status = SessionStatus.Closed });
        session.Views.Writer.Complete();
        foreach (var watch in session.Watches) watch.Blocks.Writer.TryComplete();
        return Task.CompletedTask;
    }

    /// <summary>Marks a cue as applied, as a session does at a block.</summary>
    public void Apply(string id, string cueId) => Replace(id, cueId, old => old with { Status = CueStatus.Applied, MediaTime = 0 });

    public SessionView Set(string id, SessionStatus status) => Find(id).Change(view => view with { Status = status });

    public IAsyncEnumerable<EncodedBlock> WatchAsync(string id, long? fromBlock, CancellationToken cancellation)
    {
        var watch = new Watch(id, fromBlock);
        if (!id.StartsWith("any", StringComparison.Ordinal)) Find(id).Watches.Enqueue(watch);
        return ReadAsync(watch, cancellation);
    }

    private async IAsyncEnumerable<EncodedBlock> ReadAsync(Watch watch, [EnumeratorCancellation] CancellationToken cancellation)
    {
        watches.Writer.TryWrite(watch);
        try
        {
            await foreach (var block in watch.Blocks.Reader.ReadAllAsync(cancellation)) yield return block;
        }
        finally
        {
            watch.Ended.TrySetResult();
        }
    }

    public Task ReportViewersAsync(string id, string relay, int viewers, CancellationToken cancellation)
    {
        reports.Writer.TryWrite(viewers);
        return Task.CompletedTask;
    }

    public IAsyncEnumerable<SessionView> EventsAsync(string id, CancellationToken cancellation)
    {
        var session = Find(id);
        session.Change(view => view);
        return session.Views.Reader.ReadAllAsync(cancellation);
    }

    private static SessionView View(string id, string prompt, ulong seed) => new()
    {
        Id = id,
        Version = 1,
        Status = SessionStatus.Idle,
        Block = 0,
        Seed = seed,
        Prompt = prompt,
        Meaning = prompt,
        Cues = [],
        Viewers = 0,
        StateBytes = 4096,
        StatePolicy = "window(3)",
        Model = "fake-world",
        Engine = "fake-0",
        Width = 64,
        Height = 32,
        FramesPerSecond = 16,
        FramesPerBlock = 8,
        Created = DateTimeOffset.UnixEpoch,
        Lead = 0,
        Stalls = 0,
    };

    private Session Find(string id) => Failure is not null
        ? throw Failure
        : sessions.TryGetValue(id, out var session)
            ? session
            : throw new SessionException(SessionError.NotFound, "There is no such session; it may have been closed.");

    private CueReceipt Replace(string id, string cueId, Func<CueReceipt, CueReceipt> change)
    {
        var session = Find(id);
        var old = session.View.Cues.FirstOrDefault(cue => cue.Id == cueId)
            ?? throw new SessionException(SessionError.NotFound, $"There is no cue '{cueId}'.");
        if (old.Status != CueStatus.Accepted) throw new SessionException(SessionError.Conflict, "This cue was applied already.");
        var changed = change(old);
        session.Change(view => view with { Cues = [.. view.Cues.Select(cue => cue.Id == cueId ? changed : cue)] });
        return changed;
    }

    /// <summary>One enumeration of a session's blocks, in the test's hands.</summary>
    internal sealed record Watch(string Session, long? FromBlock)
    {
        public Channel<EncodedBlock> Blocks { get; } = Channel.CreateUnbounded<EncodedBlock>();

        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Send(params IEnumerable<EncodedBlock> blocks)
        {
            foreach (var block in blocks) Blocks.Writer.TryWrite(block);
        }
    }

    private sealed class Session(string id, string key, SessionView view)
    {
        public string Id => id;

        public string Key => key;

        public SessionView View { get; private set; } = view;

        public Channel<SessionView> Views { get; } = Channel.CreateUnbounded<SessionView>();

        public ConcurrentQueue<Watch> Watches { get; } = [];

        public ConcurrentQueue<BookmarkView> Bookmarks { get; } = [];

        public SessionView Change(Func<SessionView, SessionView> change)
        {
            View = change(View) with { Version = View.Version + 1 };
            Views.Writer.TryWrite(View);
            return View;
        }
    }
}
