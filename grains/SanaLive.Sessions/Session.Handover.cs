using SanaLive.Sessions.Handover;

namespace SanaLive.Sessions;

/// <content>From host to host: the one lets go at a block border, the other goes on there.</content>
internal sealed partial class Session
{
    private bool _leaves; // for another host
    private int? _outsidePosition; // in the line of several hosts

    /// <summary>Whether somebody else owns it now.</summary>
    public bool IsElsewhere
    {
        get { lock (_gate) return _disowned; }
    }

    /// <summary>Its position in its host's line; null when it waits for no place.</summary>
    public int? Position
    {
        get { lock (_gate) return _closed || _paused || _failure is not null ? null : _ticket?.Position; }
    }

    /// <summary>Where it stands in a line that is longer than its host's; null: its host's line is all there is.</summary>
    public void StandAt(int? position)
    {
        lock (_gate)
        {
            if (_ticket is { Engine: null } waiting) waiting.Rank = position;
            if (_outsidePosition == position) return;
            _outsidePosition = position;
            if (_ticket is { Engine: null }) Changed();
        }
    }

    /// <summary>Finishes the block under way, writes a snapshot and lets go; nobody who follows the session is told of an end.</summary>
    /// <returns>Null when it has ended.</returns>
    public async Task<SessionHandover?> HandOverAsync()
    {
        bool waits;
        lock (_gate)
        {
            _leaves = true;
            waits = _ticket is not null && _claimedAt is not null;
        }

        await StopAsync();
        lock (_gate)
        {
            if (_closed) return null;
            var at = _last is { } last && last.Block == _begun ? last : null;
            return new SessionHandover
            {
                Epoch = Epoch,
                Block = _begun,
                State = at is null ? null : Moment(at.Stream, at.Line, at.Shift, at.Branch),
                StateBytes = at?.Stream.Bytes.Length ?? 0,
                Recent = _recent.All,
                Origin = _clock.Origin,
                Stalls = _clock.Stalls,
                Made = [.. _made],
                Waits = waits,
            };
        }
    }

    /// <summary>What the owner before made ahead is shown when it would have been.</summary>
    private void GoOnAfter(SessionHandover before)
    {
        foreach (var made in before.Made) _made.Enqueue(made);
        foreach (var block in before.Recent)
        {
            // It is this owner's now: whoever sees it sees nothing older afterwards.
            var own = block with { Epoch = Epoch };
            _recent.Add(own);
            if (own.Number > (_keeper?.Shown ?? -1)) _keeper?.Published(own);
        }

        _clock.Resume(before.Origin, before.Stalls);
        if (!before.Waits) return;
        _ticket = _around.Line.Apply(null, _wake.Set, force: true);
        _claimedAt = _around.Time.GetUtcNow();
    }
}
