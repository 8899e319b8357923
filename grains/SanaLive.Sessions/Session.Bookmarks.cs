using System.Collections.Immutable;
using SanaLive.Runtime.Engine;
using SanaLive.Sessions.Bookmarks;
using SanaLive.Sessions.Durability;
using SanaLive.Sessions.Telemetry;

namespace SanaLive.Sessions;

/// <content>The moments that one can go back to.</content>
internal sealed partial class Session
{
    private readonly List<TaskCompletionSource<Snapshot>> _asked = []; // moments that the loop is to take
    private ImmutableList<Bookmark> _bookmarks = [];
    private Task _bookmarking = Task.CompletedTask;
    private ReadOnlyMemory<byte> _lastKeyframe;
    private long _bookmarkCount;
    private long _bookmarkBytes; // of the newest: the next one takes as much
    private long _unasked; // block of the newest that was taken unasked
    private bool _momentsAreOver;

    public IReadOnlyList<BookmarkView> Bookmarks()
    {
        lock (_gate) return [.. _bookmarks.Select(ViewOf)];
    }

    /// <exception cref="SessionException">No such bookmark, or it has no picture.</exception>
    public ReadOnlyMemory<byte> PictureOf(string id)
    {
        lock (_gate)
        {
            return Find(id).Picture is { Length: > 0 } picture
                ? picture
                : throw new SessionException(SessionError.NotFound, $"The bookmark {id} has no picture: nothing had been shown yet.");
        }
    }

    public async Task<BookmarkView> BookmarkAsync(BookmarkRequest request, CancellationToken cancellation)
    {
        var name = BookmarkRules.Name(request.Name);
        var moment = await MomentAsync(null, cancellation);
        return ViewOf(await KeepAsync(name, moment));
    }

    public Bookmark Forget(string id)
    {
        lock (_gate)
        {
            var bookmark = Find(id);
            Forget([bookmark]);
            return bookmark;
        }
    }

    /// <summary>A session at a moment, as a value: of a bookmark, or before the next block whose making has not begun.</summary>
    /// <exception cref="SessionException">No such bookmark, or the session has failed or ended.</exception>
    public async Task<Snapshot> MomentAsync(string? bookmark, CancellationToken cancellation)
    {
        if (bookmark is not null)
        {
            Bookmark kept;
            lock (_gate) kept = Find(bookmark);
            return await ReadAsync(kept, cancellation);
        }

        var asked = new TaskCompletionSource<Snapshot>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            RequireAlive();
            if (_momentsAreOver || _stopping) throw Ending();
            _asked.Add(asked);
        }

        _wake.Set();
        return await asked.Task.WaitAsync(cancellation);
    }

    private BookmarkRetention Retention => new(
        _around.Options.BookmarkInterval, _around.Options.BookmarkWindow, _keeper is null ? _around.Options.BookmarkMemory : _around.Options.BookmarkBytes);

    /// <summary>Under the lock.</summary>
    private Bookmark Find(string id) =>
        _bookmarks.Find(one => one.Id == id) ?? throw BookmarkRules.Missing(id, _bookmarkCount, _around.Options.BookmarkWindow);

    private BookmarkView ViewOf(Bookmark one) =>
        new(one.Id, one.Name, one.Block, one.MediaTime ?? one.Block * _blockDuration, one.Taken, one.Prompt, one.Meaning, one.Bytes, one.Picture.Length > 0);

    private BookmarkSummary SummaryOfBookmarks() => new(
        _bookmarks.Count, _bookmarks.Count > 0 ? _bookmarks[^1].Id : null, _bookmarks.Sum(one => one.Bytes), Retention.Budget,
        Retention.IntervalFor(_bookmarks, _bookmarkBytes));

    private async Task<Snapshot> ReadAsync(Bookmark bookmark, CancellationToken cancellation)
    {
        try
        {
            var moment = bookmark.Held ?? await _keeper!.LoadAsync(bookmark.Snapshot!, cancellation);
            return moment.Stream.Model == _around.Model.Fingerprint
                ? moment
                : throw new SessionException(SessionError.Conflict, $"The bookmark {bookmark.Id} was taken with another model than the one that this server runs.");
        }
        catch (StoreException e)
        {
            lock (_gate) Forget([bookmark]);
            throw new SessionException(SessionError.Conflict, $"The bookmark {bookmark.Id} cannot be used and is deleted: {e.Message}", e);
        }
        catch (IOException e)
        {
            throw new SessionException(SessionError.Overloaded, $"The bookmark {bookmark.Id} cannot be read now: {e.Message}", e);
        }
    }

    /// <summary>The loop's part: takes the moment that others wait for. Never throws.</summary>
    private async Task AnswerMomentsAsync()
    {
        List<TaskCompletionSource<Snapshot>> asked;
        lock (_gate)
        {
            if (_asked.Count == 0) return;
            asked = [.. _asked];
            _asked.Clear();
        }

        try
        {
            var moment = await TakeMomentAsync();
            foreach (var one in asked) one.SetResult(moment);
        }
        catch (Exception e)
        {
            var refusal = e as SessionException ?? new SessionException(SessionError.Failed, $"This moment cannot be kept: {e.Message}", e);
            foreach (var one in asked) one.SetException(refusal);
        }
    }

    private void RefuseMoments()
    {
        lock (_gate)
        {
            _momentsAreOver = true;
            foreach (var one in _asked) one.SetException(Ending());
            _asked.Clear();
        }
    }

    private static SessionException Ending() => new(SessionError.Conflict, "This session is being closed, or its server is being stopped.");

    /// <summary>Between two blocks: what the next one will be made from, whether or not the stream has been opened yet.</summary>
    private async Task<Snapshot> TakeMomentAsync()
    {
        DueRewind? due;
        lock (_gate)
        {
            RequireAlive();
            due = _rewinds.GetValueOrDefault(_begun);
        }

        if (due is not null)
        {
            var back = due.Moment ?? await _keeper!.LoadAsync(due.From!, _ending.Token);
            lock (_gate) return Moment(back.Stream, back.Line, _begun - back.Stream.NextBlock, back.Branch);
        }

        var saved = await SaveAsync();
        lock (_gate) return Moment(saved, _line, _shift, _branch);
    }

    private async Task<SavedStream> SaveAsync()
    {
        if (_stream is { } stream) return await _home!.SaveAsync(stream, _ending.Token);
        if (_last is { } last) return last.Stream;
        if (_restored is { } past && (past.Held ?? (past.From is { } name ? await _keeper!.LoadAsync(name, _ending.Token) : null)) is { } snapshot) return snapshot.Stream;
        return await _around.Engines.AskAsync(
            _home?.Engine,
            async (engine, stop) =>
            {
                using var fresh = engine.CreateStream(_start.Seed, _start.Image);
                return await engine.SaveStreamAsync(fresh, stop);
            },
            _ending.Token);
    }

    /// <summary>Under the lock.</summary>
    private Snapshot Moment(SavedStream stream, Schedule.PromptLine line, long shift, IReadOnlyList<Replay.ScheduledCue>? branch) => new()
    {
        Facts = _facts,
        Epoch = Epoch,
        Sequence = _keeper?.Sequence ?? 0,
        Taken = _around.Time.GetUtcNow(),
        Line = line,
        Events = [.. _schedule.Journal],
        Cues = _cueCount,
        IsPaused = _paused,
        Stream = stream,
        Shift = shift,
        MediaTime = _timeline.At(stream.NextBlock + shift),
        Branch = branch,
    };

    private bool WantsBookmark()
    {
        lock (_gate)
            return Retention.IntervalFor(_bookmarks, _bookmarkBytes) is { } interval && (_begun - _unasked) * _blockDuration >= interval;
    }

    /// <summary>Unasked. It is kept in the background, once its picture is there.</summary>
    private async Task TakeBookmarkAsync()
    {
        try
        {
            var moment = await TakeMomentAsync();
            _unasked = moment.Block;
            _bookmarking = KeepUnaskedAsync(moment, _publishing, _bookmarking);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _unasked = _begun;
            _around.Log.CannotBookmark(e, Tag);
        }
    }

    private async Task KeepUnaskedAsync(Snapshot moment, Task shown, Task previous)
    {
        await previous;
        await shown;
        try
        {
            await KeepAsync(null, moment);
        }
        catch (SessionException e)
        {
            if (!_ending.IsCancellationRequested) _around.Log.CannotBookmark(e, Tag);
        }
    }

    private async Task<Bookmark> KeepAsync(string? name, Snapshot moment)
    {
        Bookmark bookmark;
        lock (_gate)
        {
            RequireAlive();
            var picture = _lastKeyframe.IsEmpty ? [] : WebpPicture.Of(_lastKeyframe.Span);
            var prompt = moment.Line.InForce;
            bookmark = new Bookmark
            {
                Number = ++_bookmarkCount, Name = name, Block = moment.Block, MediaTime = moment.MediaTime, Taken = moment.Taken, Prompt = prompt.Text, Meaning = prompt.Meaning,
                Bytes = moment.Stream.Bytes.Length + picture.Length, Picture = picture, Held = _keeper is null ? moment : null,
            };
            if (name is not null) RequireRoomFor(bookmark);
            Forget(Retention.Surplus(_bookmarks, moment.Block, bookmark.Bytes, _blockDuration));
        }

        if (_keeper is not null) bookmark = await SaveAsync(bookmark, moment);
        lock (_gate)
        {
            _bookmarkBytes = bookmark.Bytes;
            _bookmarks = _bookmarks.Add(bookmark);
            if (name is not null) _lastUsed = _around.Time.GetUtcNow();
            if (!_closed) Changed();
        }

        return bookmark;
    }

    private async Task<Bookmark> SaveAsync(Bookmark bookmark, Snapshot moment)
    {
        try
        {
            return await _keeper!.SaveAsync(bookmark, moment);
        }
        catch (Exception e) when (e is IOException or StoreException)
        {
            throw new SessionException(SessionError.Overloaded, $"The bookmark cannot be kept now: {e.Message}", e);
        }
    }

    private void RequireRoomFor(Bookmark bookmark)
    {
        if (_bookmarks.Count(one => one.Name is not null) >= BookmarkRules.MostNamed)
            throw Schedule.CueRules.Conflict($"This session has {BookmarkRules.MostNamed} bookmarks with a name: delete one first.");
        if (!Retention.Fits(_bookmarks, bookmark.Bytes))
            throw Schedule.CueRules.Conflict($"This session's bookmarks may take {Retention.Budget / 1e6:0.#} MB, and those with a name fill them: delete one first.");
    }

    /// <summary>Under the lock.</summary>
    private void Forget(IReadOnlyList<Bookmark> gone)
    {
        gone = [.. gone.Where(_bookmarks.Contains)];
        if (gone.Count == 0) return;
        _bookmarks = _bookmarks.RemoveRange(gone);
        _keeper?.Append(new JournalEntry.Forgotten([.. gone.Select(one => one.Number)]));
        Changed();
    }

    private void RestoreBookmarks(RestoredSession past)
    {
        (_bookmarks, _bookmarkCount, _shift) = ([.. past.Bookmarks], past.BookmarkCount, past.Shift);
        _branch = past.Branch?.ToImmutableList();
        _bookmarkBytes = _bookmarks.LastOrDefault()?.Bytes ?? 0;
        // A fork begins to count where it begins.
        _unasked = _bookmarks.FindLast(one => one.Name is null)?.Block ?? past.Facts.Origin?.Block ?? 0;
        _rewound = past.LastRewind;
        foreach (var rewind in past.Rewinds.Where(one => one.View.Block >= past.Block)) _rewinds[rewind.View.Block] = new DueRewind(rewind.From, null);
    }
}
