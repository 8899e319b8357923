using SanaLive.Sessions.Engines;
using SanaLive.Sessions.Telemetry;

namespace SanaLive.Sessions;

/// <content>The place on an engine: who has one, who waits for one, and for how long either is kept.</content>
internal sealed partial class Session
{
    /// <summary>Takes a position in line if there is no room now, before anybody watches.</summary>
    /// <exception cref="SessionException"><see cref="SessionError.Overloaded"/>: the line is full.</exception>
    public void Claim()
    {
        lock (_gate)
        {
            _ticket = _around.Line.Claim(_wake.Set);
            if (_ticket is null) return;
            _claimedAt = _around.Time.GetUtcNow();
            Changed();
        }

        _wake.Set();
    }

    private void Start(HostedEngine engine, DateTimeOffset now)
    {
        _home ??= engine.Lease();
        _streaming = true;
        // Whoever watched while an engine was lost has waited: that is a stall, not a new beginning.
        if (!_interrupted) _clock.Continue(_begun, now);
        _interrupted = false;
        _around.Log.Streams(Tag, engine.Name, _begun);
    }

    /// <summary>Gives the place on the engine to others; the stream stays.</summary>
    private void Rest()
    {
        (_claimedAt, _called, _interrupted) = (null, false, false);
        if (_ticket is null) return;
        _around.Line.Return(_ticket);
        _ticket = null;
        if (!_streaming) return;
        _streaming = false;
        _around.Log.Rests(Tag, _begun);
    }

    private void LetGo()
    {
        Rest();
        GiveUpMove();
        if (_stream is { } stream) _home!.Engine.Release(stream);
        _stream = null;
    }

    /// <summary>Time for which a session that nobody watches any more still makes blocks.</summary>
    private TimeSpan GraceLeft(DateTimeOffset now) => _streaming ? _lastWatched + _around.Options.Grace - now : TimeSpan.Zero;

    /// <summary>
    /// Time for which a session that nobody has watched yet stays in line: for ever while somebody follows it there, and then a while. When its
    /// turn has come, the place is kept for a while.
    /// </summary>
    private TimeSpan ClaimLeft(DateTimeOffset now)
    {
        if (_claimedAt is null) return TimeSpan.Zero;
        if (!_called && _ticket?.Engine is not null) (_called, _claimedAt) = (true, now);
        return !_called && _followers > 0 ? TimeSpan.MaxValue : _claimedAt.Value + _around.Options.Claim - now;
    }

    /// <summary>Infinite when nothing will have to be done unasked. Closes the session when its time is over.</summary>
    private TimeSpan UntilNextLook(DateTimeOffset now)
    {
        if (_viewers > 0) return Timeout.InfiniteTimeSpan;
        if (_streaming) return GraceLeft(now);
        if (_claimedAt is not null) return ClaimLeft(now) is var claim && claim < TimeSpan.MaxValue ? claim : Timeout.InfiniteTimeSpan;
        if (_around.Options.IdleExpiry is not { } expiry) return Timeout.InfiniteTimeSpan;
        var left = _lastUsed + expiry - now;
        if (left <= TimeSpan.Zero) Close();
        return left > TimeSpan.Zero ? left : Timeout.InfiniteTimeSpan;
    }

    private void Follow(int more)
    {
        lock (_gate)
        {
            _followers += more;
            if (_claimedAt is null) return;
            if (!_called) _claimedAt = _around.Time.GetUtcNow();
        }

        _wake.Set();
    }
}
