using System.Collections.Immutable;
using SanaLive.Runtime.Engine;
using SanaLive.Sessions.Admission;
using SanaLive.Sessions.Durability;
using SanaLive.Sessions.Engines;
using SanaLive.Sessions.Replay;
using SanaLive.Sessions.Schedule;
using SanaLive.Sessions.Telemetry;

namespace SanaLive.Sessions;

/// <content>
/// From engine to engine: asked for, because an engine is drained, or because one was lost. The loop alone carries the stream, between two
/// blocks, while those that are made already are shown.
/// </content>
internal sealed partial class Session
{
    private LastState? _last; // what the stream goes on from if its engine is lost
    private PromptLine _firstLine; // and if there is none yet
    private DateTimeOffset _nextState = DateTimeOffset.MinValue;
    private PendingMove? _move;
    private bool _interrupted; // its engine was lost while it ran, and it has not gone on yet
    private HostedEngine? _stays; // could not be carried away from there: not tried again unasked

    /// <summary>See <see cref="ISessionHost.MoveAsync"/>.</summary>
    public async Task<SessionView> MoveAsync(HostedEngine to, CancellationToken cancellation)
    {
        PendingMove move;
        lock (_gate)
        {
            RequireAlive();
            if (_stopping) throw CueRules.Conflict("The server is being stopped.");
            if (_move is { IsAsked: true, To: { } other }) throw CueRules.Conflict($"This session is on its way to engine {other.Name} already.");
            if ((_home?.Engine ?? _ticket?.Engine) == to) throw CueRules.Conflict($"This session is on engine {to.Name} already.");
            if (to.Failure is { } failure) throw CueRules.Conflict($"Engine {to.Name} was fenced off ({failure}) and takes no sessions before it is back.");
            if (to.IsDraining) throw CueRules.Conflict($"Engine {to.Name} is being drained and takes no sessions.");
            Ticket? place = null;
            if (_ticket is not null && (place = _around.Line.TryTake(to, _wake.Set)) is null)
                throw new SessionException(SessionError.Overloaded, $"Engine {to.Name} makes {to.Taken} streams already and has no place for another. The session goes on where it is.");
            GiveUpMove();
            move = _move = new PendingMove(to, place, IsAsked: true);
            _lastUsed = _around.Time.GetUtcNow();
        }

        _wake.Set();
        await move.Done.Task.WaitAsync(cancellation);
        return View();
    }

    /// <summary>Something about the engines is another than before.</summary>
    public void Wake() => _wake.Set();

    /// <summary>Whether the engine has its stream, or a place for it.</summary>
    public bool IsOn(HostedEngine engine)
    {
        lock (_gate) return _ticket?.Engine == engine || (_stream is not null && _home?.Engine == engine);
    }

    /// <summary>For viewers, while the stream cannot go on; null otherwise.</summary>
    private string? WhyItWaits => _ticket is { Engine: null } ? _around.Engines.Trouble : null;

    /// <summary>The engine that the stream has to be brought to before its next block; null when it is where it should be.</summary>
    private HostedEngine? Destination() =>
        _move?.To is { } asked ? asked
        : _home is not null && _ticket?.Engine is { } engine && engine != _home.Engine ? engine
        : null;

    /// <summary>Carries the stream over. Never throws.</summary>
    private async Task CarryAsync(HostedEngine to)
    {
        var (from, lease, began) = (_home, to.Lease(), _around.Time.GetTimestamp());
        IVideoStream? there = null;
        SavedStream? saved = null;
        try
        {
            if (lease.IsLost) throw new EngineLostException(to.Name, to.Failure);
            if (_stream is { } here)
            {
                saved = await AskAsync(from!, _begun, (home, stop) => home.SaveAsync(here, stop));
                lock (_gate) Remember(saved);
                there = await AskAsync(lease, _begun, (home, stop) => home.LoadAsync(saved, stop));
            }

            lock (_gate) Arrive(lease, there);
            var pause = _around.Time.GetElapsedTime(began);
            SessionTelemetry.MoveCount.Add(1);
            SessionTelemetry.MoveTime.Record(pause.TotalSeconds);
            _around.Log.Moved(Tag, from?.Engine.Name ?? "none", to.Name, _begun, saved?.Bytes.Length ?? 0, pause.TotalMilliseconds);
        }
        catch (Exception e)
        {
            // An engine that was lost on the way is no reason: the stream goes from its last state to wherever there is a place.
            if (_ending.IsCancellationRequested || from is { IsLost: true }) return;
            lock (_gate) StayWithout(lease, e);
        }
    }

    private void Arrive(EngineLease lease, IVideoStream? there)
    {
        var from = _home;
        if (there is not null)
        {
            from!.Engine.Release(_stream!);
            _stream = there;
        }

        _home = lease;
        if (_move is { } move && move.To == lease.Engine)
        {
            // Meanwhile it may have stopped wanting a place, or begun to.
            var place = move.Place ?? (_ticket is not null ? _around.Line.TryTake(move.To, _wake.Set) : null);
            if (place is not null)
            {
                _around.Line.Return(_ticket ?? place);
                if (_ticket is not null) _ticket = place;
            }

            _move = null;
            move.Done.TrySetResult();
        }

        if (from is not null) NoteOtherEngine(from.Engine.Engine.Facts.Fingerprint, lease.Engine);
        Changed();
    }

    /// <summary>The stream could not be brought somewhere. If it was asked for, whoever asked is told; it goes on where it is.</summary>
    private void StayWithout(EngineLease there, Exception error)
    {
        _around.Log.CannotMove(error, Tag, there.Engine.Name);
        if (_move is { } move && move.To == there.Engine)
        {
            if (move is { IsAsked: false } && !there.IsLost) _stays = _home?.Engine;
            GiveUpMove(new SessionException(
                SessionError.Failed, $"Engine {there.Engine.Name} could not take this session, and it stays where it is. {error.Message}", error));
        }
        else if (there.IsLost)
        {
            _around.Line.Return(_ticket!);
            _ticket = null;
        }
        else Fail(_begun, error);
    }

    private void GiveUpMove(Exception? why = null)
    {
        if (_move is not { } move) return;
        _move = null;
        if (move.Place is { } place) _around.Line.Return(place);
        move.Done.TrySetException(why ?? new SessionException(SessionError.Conflict, "The session ended, failed or was sent elsewhere before it could be moved."));
        _ = move.Done.Task.Exception; // Nobody may be waiting any more.
    }

    /// <summary>If the engine was fenced off: gives its place back, and goes back to the last state. Under the lock, before a block is planned.</summary>
    /// <returns>Whether the stream ran there.</returns>
    private bool LeaveLostEngine()
    {
        var ran = _streaming;
        var lost = _home is { IsLost: true } ? _home : null;
        if (_ticket?.Engine is { } place && (place.Failure is not null || place == lost?.Engine))
        {
            _around.Line.Return(_ticket);
            (_interrupted, _ticket, _streaming) = (_streaming, null, false);
        }
        else ran = false;

        if (lost is null) return ran;
        if (_stream is { } stream)
        {
            lost.Engine.Release(stream);
            _stream = null;
            GoBack();
        }

        _home = null;
        _around.Log.LostEngine(Tag, lost.Engine.Name, _begun, Open);
        Changed();
        return ran;
    }

    /// <summary>Blocks since the last state are made again, under the cues that they were made under, and those that were published are not shown again.</summary>
    private void GoBack()
    {
        var (block, line, shift) = _last is { } last
            ? (last.Block, last.Line, last.Shift)
            : (_restored?.Block ?? 0, _restored?.Line ?? _firstLine, _restored?.Shift ?? 0);
        (_begun, _line, _shift) = (block, line, shift);
        // What applied to blocks that are made again is noted again when they are made.
        _branch = _last is not null ? _last.Branch : _restored is not null ? _restored.Branch?.ToImmutableList() : _branch;
        if (block >= _published) return;
        _firstToShow = Math.Max(_firstToShow, _published);
        _published = block;
        _schedule = PromptSchedule.Replay(
            SessionRestore.Before(block, _schedule.Journal, _timeline), _around.Options.FinishedCues, _around.Options.PendingCues);
    }

    /// <summary>If the engine is being drained: asks for a place elsewhere, and stays until it has one. Under the lock.</summary>
    private void LeaveDrainingEngine()
    {
        var on = _ticket?.Engine ?? _home?.Engine;
        if (on is not { IsDraining: true })
        {
            _stays = null;
            // It serves again, and nothing has been carried yet.
            if (_move is { IsAsked: false } && on is not null) GiveUpMove();
            return;
        }

        if (_move is not null || _stays == on) return;
        if (_ticket?.Engine is not null) _move = new PendingMove(null, _around.Line.Apply(null, _wake.Set, force: true, first: true), IsAsked: false);
        else if (_stream is null) _home = null;
        else if (_ticket is null && _around.Engines.Serving() is { } to) _move = new PendingMove(to, null, IsAsked: false);
    }

    private bool WantsState(DateTimeOffset now) => _keeper?.WantsSnapshot(now) == true || now >= _nextState;

    private void Remember(SavedStream saved)
    {
        _last = new LastState(saved, _line, _shift, _branch);
        _nextState = _around.Time.GetUtcNow() + _around.Options.SnapshotInterval(saved.Bytes.Length);
    }

    private void NoteOtherEngine(string before, HostedEngine now)
    {
        if (before == now.Engine.Facts.Fingerprint) return;
        _keeper?.Note = $"It goes on on another engine than before ({now.Engine.Facts.Fingerprint} instead of {before}): the scene goes on, its blocks are not the same bit for bit.";
        lock (_gate) Changed();
    }

    /// <summary>A stream at a block border, and the prompt in force there.</summary>
    private sealed record LastState(SavedStream Stream, PromptLine Line, long Shift, ImmutableList<ScheduledCue>? Branch)
    {
        /// <summary>The session's number of the block that is made next.</summary>
        public long Block => Stream.NextBlock + Shift;
    }

    /// <summary>A move that has not happened yet.</summary>
    /// <param name="Target">Null: wherever the place comes free.</param>
    /// <param name="Place">Granted, or waited for; null for a session that needs none now.</param>
    /// <param name="IsAsked">By somebody who waits for it.</param>
    private sealed record PendingMove(HostedEngine? Target, Ticket? Place, bool IsAsked)
    {
        public HostedEngine? To => Target ?? Place?.Engine;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
