using System.Collections.Immutable;
using SanaLive.Runtime.Engine;
using SanaLive.Sessions.Durability;
using SanaLive.Sessions.Engines;
using SanaLive.Sessions.Schedule;
using SanaLive.Sessions.Telemetry;

namespace SanaLive.Sessions;

/// <content>What of the session survives its process, and how it comes back. Without a store nothing does.</content>
internal sealed partial class Session
{
    /// <summary>Blocks whose hashes are remembered: more than are ever made again after a restart.</summary>
    private const int RememberedHashes = 128;

    private readonly Queue<MadeBlock> _made = new();
    private readonly SessionKeeper? _keeper;
    private readonly IReadOnlyDictionary<long, string> _hashes = new Dictionary<long, string>();
    private RestoredSession? _restored; // until its stream is loaded
    private long _firstToShow; // blocks before it were shown before the session was restored
    private long _firstToSteer; // blocks before it are made again as they were
    private long _snapshotBlock = -1;
    private bool _making; // the loop has begun a block and is not done with it
    private bool _stopping;
    private bool _stopped;
    private bool _disowned;

    /// <summary>A session of before, or a fork of another, at the border of the block that it goes on with.</summary>
    public Session(RestoredSession past, IStoredSession? stored, SessionSurroundings around)
        : this(past.Facts.Id, past.Facts.KeyHash, new SessionStart(past.Facts.Seed, past.Facts.Prompt, past.Facts.Image, past.Facts.View, past.Facts.Asked), around, stored, past)
    {
    }

    /// <summary>See <see cref="ISessionHost.BlocksAsync"/>.</summary>
    public IReadOnlyList<MadeBlock> Blocks()
    {
        lock (_gate) return [.. _made];
    }

    /// <summary>All that was accepted so far is on the disk, or the view says that it cannot be.</summary>
    public Task FlushedAsync() => _keeper?.FlushedAsync() ?? Task.CompletedTask;

    /// <summary>Finishes the block under way, writes a snapshot and lets go. The session stays in its store.</summary>
    public async Task StopAsync()
    {
        lock (_gate)
        {
            _stopping = true;
            if (!_closed) Changed();
        }

        _blocksChanged.Fire();
        _wake.Set();
        await _loop;
    }

    /// <summary>A failed session begins again at block 0, with its schedule as it was.</summary>
    public async Task<SessionView> RestartAsync(CancellationToken cancellation)
    {
        await _publishing;
        var prompt = _start.Prompt;
        if (_failure is not null && _facts.Model != _around.Model.Fingerprint)
            prompt = await SessionPrompts.ReadAsync(_around.Engines, null, null, prompt.Text, null, cancellation);
        lock (_gate)
        {
            if (_closed) throw new SessionException(SessionError.NotFound, "This session is closed.");
            if (_failure is null) throw CueRules.Conflict("This session has not failed: it goes on.");
            if (_making) throw CueRules.Conflict("A block of this session is still under way: try again in a moment.");
            if (_loop.IsCompleted) throw Broken();
            (_failure, _restored, _begun, _published, _firstToShow, _firstToSteer, _snapshotBlock) = (null, null, 0, 0, 0, 0, -1);
            if (_stream is { } stream) _home!.Engine.Release(stream);
            (_stream, _last) = (null, null);
            (_shift, _rewound, _unasked, _branch) = (0, null, 0, []);
            _rewinds.Clear();
            _recording.Clear();
            _line = _firstLine = new PromptLine(prompt);
            _shownPrompt = prompt;
            _lastBlock = null;
            _readAhead.Clear();
            _recent.Clear();
            _clock.Stop();
            _timeline.Begin(0, TimeSpan.Zero);
            _schedule = PromptSchedule.Replay(SessionRestore.Before(0, _schedule.Journal, _timeline), _around.Options.FinishedCues, _around.Options.PendingCues);
            _keeper?.BeginAgain(new JournalEntry.Collected([.. _schedule.Journal], _cueCount, _paused, -1));
            _lastUsed = _around.Time.GetUtcNow();
            _around.Log.BeginsAgain(Tag);
            Changed();
            _wake.Set();
            return BuildView();
        }
    }

    private long Epoch => _keeper?.Epoch ?? 0;

    /// <summary>What everybody who follows the session is told when its server stops.</summary>
    private string? Farewell => !_stopping || _leaves ? null
        : _keeper is null ? "The server is being stopped, and this stream ends with it."
        : "The server is being stopped or restarted. The stream goes on where it is when the server is back.";

    private void Restore(RestoredSession past)
    {
        (_restored, _begun, _published, _cueCount, _paused, _failure) = (past, past.Block, past.Block, past.Cues, past.IsPaused, past.Failure);
        _firstToShow = Math.Max(past.Block, past.Shown + 1);
        // Who was told that a cue had applied may rely on it, even if its block was not shown yet: what is said now comes after it.
        _firstToSteer = Math.Max(_firstToShow, past.Applied + 1);
        _timeline.Begin(past.Block, past.MediaTime);
        _line = past.Line;
        _shownPrompt = past.Line.InForce;
        _snapshotBlock = past.Block;
        _schedule = PromptSchedule.Replay(past.Events, _around.Options.FinishedCues, _around.Options.PendingCues);
        RestoreBookmarks(past);
        if (!past.IsNew) _recording.Restore();
        _keeper?.HasShown(past.Shown);
        // An older owner's views are older.
        _version = ((_keeper?.Epoch ?? 1) - 1) << 32;
        _shownStatus = Status();
        if (past.Before is { } before) GoOnAfter(before);
        if (past is { IsNew: true, Facts.Origin: { } origin }) _around.Log.Forked(Tag, origin.Session[..6], past.Block);
        if (!past.IsNew) _around.Log.Restored(Tag, past.Block, past.Shown, Epoch);
    }

    /// <summary>The stream as it was saved last, or a new one from the seed.</summary>
    private async Task<IVideoStream> OpenStreamAsync(EngineLease home)
    {
        if (_last is { } last) return await AskAsync(home, last.Block, (lease, stop) => lease.LoadAsync(last.Stream, stop));
        if (_restored is not { } past || (past.From is null && past.Held is null)) return home.Engine.Engine.CreateStream(_start.Seed, _start.Image);
        var snapshot = past.Held ?? await _keeper!.LoadAsync(past.From!, _ending.Token);
        var stream = await AskAsync(home, snapshot.Block, (lease, stop) => lease.LoadAsync(snapshot.Stream, stop));
        _last = new LastState(snapshot.Stream, past.Line, past.Shift, past.Branch?.ToImmutableList());
        NoteOtherEngine(past.Engine!, home.Engine);
        return stream;
    }

    /// <summary>Between two blocks. The stream waits for a copy of its memory, and for nothing else.</summary>
    private async Task TakeSnapshotAsync()
    {
        if (_stream is not { } stream) return;
        try
        {
            var saved = await _home!.SaveAsync(stream, CancellationToken.None);
            lock (_gate)
            {
                Remember(saved);
                _keeper?.Offer(Moment(saved, _line, _shift, _branch));
                _snapshotBlock = saved.NextBlock + _shift;
            }
        }
        catch (EngineLostException)
        {
            // The loop sees it, and goes back to the last state.
        }
        catch (Exception e)
        {
            // The stream is as it was: it goes on, and its status says that it could not be saved.
            _keeper?.CannotTake(e);
            _snapshotBlock = stream.NextBlock + _shift;
        }
    }

    /// <summary>The stream rests, or is stopped, and has made blocks since the last snapshot.</summary>
    private bool RestsUnsaved() => _keeper is not null && _failure is null && (!_streaming || _stopping) && _stream is { } stream && stream.NextBlock + _shift != _snapshotBlock;

    /// <summary>A block that was shown before the session was restored must come out as it was.</summary>
    private void CompareWithShown(long block, string hash)
    {
        if (!_hashes.TryGetValue(block, out var shown) || shown == hash || _keeper?.Note is not null) return;
        _around.Log.MadeDifferently(Tag, block);
        Note($"Block {block} was made again after a restart and is not the one that was shown.");
    }

    private void Note(string sentence)
    {
        _keeper!.Note = sentence;
        lock (_gate) Changed();
    }

    private async Task LetKeeperGoAsync()
    {
        if (_keeper is null) return;
        if (_closed && !_disowned) await _keeper.DeleteAsync();
        else await _keeper.DisposeAsync();
    }

    private void OnDurabilityChanged()
    {
        lock (_gate)
        {
            if (!_closed) Changed();
        }
    }

    /// <summary>Somebody else owns the session now: nothing of it may be made, shown or deleted here any more.</summary>
    private void OnFenced()
    {
        lock (_gate) _disowned = true;
        Close();
    }
}
