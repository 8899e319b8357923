using System.Runtime.CompilerServices;
using SanaLive.Sessions.Playback;
using SanaLive.Sessions.Schedule;

namespace SanaLive.Sessions;

/// <content>Viewers, and readers of events. They pull: nothing waits for them.</content>
internal sealed partial class Session
{
    /// <summary>See <see cref="ISessionHost.ReportViewersAsync"/>.</summary>
    public void ReportViewers(string relay, int viewers)
    {
        lock (_gate)
        {
            if (_closed || _relayed.GetValueOrDefault(relay) == viewers) return;
            if (viewers > 0) _relayed[relay] = viewers;
            else _relayed.Remove(relay);
            Changed();
        }
    }

    /// <summary>Blocks in order; see <see cref="ISessionHost.WatchAsync"/>.</summary>
    public async IAsyncEnumerable<EncodedBlock> WatchAsync(long? fromBlock, [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (fromBlock is < 0) throw CueRules.Invalid($"A block number is 0 or more, not {fromBlock}.");
        Enter();
        try
        {
            // A reader who gives up is woken like by a block, and looks at the token.
            using var givingUp = cancellation.UnsafeRegister(static pulse => ((Pulse)pulse!).Fire(), _blocksChanged);
            var next = fromBlock;
            var resuming = fromBlock is not null;
            while (true)
            {
                var changed = _blocksChanged.Next;
                cancellation.ThrowIfCancellationRequested();
                EncodedBlock? block;
                lock (_gate)
                {
                    if (_closed || _stopped) yield break;
                    var now = _around.Time.GetUtcNow();
                    block = _recent.Next(next, now, resuming);
                    if (block is null && _failure is not null) throw Broken();
                    // From what is on air on, a reader that resumed is a reader like all others.
                    if (block is not null && block.Number >= (_recent.OnAir(now)?.Number ?? 0)) resuming = false;
                }

                if (block is null)
                {
                    await changed;
                    continue;
                }

                next = block.Number + 1;
                yield return block;
            }
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Views, each newer than the one before; see <see cref="ISessionHost.EventsAsync"/>.</summary>
    public async IAsyncEnumerable<SessionView> EventsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        using var givingUp = cancellation.UnsafeRegister(static pulse => ((Pulse)pulse!).Fire(), _viewChanged);
        var seen = -1L;
        Follow(1);
        try
        {
            while (true)
            {
                var changed = _viewChanged.Next;
                cancellation.ThrowIfCancellationRequested();
                SessionView view;
                lock (_gate) view = BuildView();
                if (view.Version > seen)
                {
                    seen = view.Version;
                    yield return view;
                }
                else if (view.Status == SessionStatus.Closed)
                {
                    yield break;
                }
                else
                {
                    await changed;
                }
            }
        }
        finally
        {
            Follow(-1);
        }
    }

    private void Enter()
    {
        lock (_gate)
        {
            RequireAlive();
            // Refuses here, so that the viewer who finds no room is told; everything else is the loop's business.
            if (_ticket is null && !_paused) _ticket = _around.Line.Apply(_home?.Engine, _wake.Set);
            (_claimedAt, _called) = (null, false);
            _viewers++;
            Changed();
        }

        _wake.Set();
    }

    private void Leave()
    {
        lock (_gate)
        {
            _viewers--;
            if (_viewers == 0) _lastWatched = _lastUsed = _around.Time.GetUtcNow();
            Changed();
        }

        _wake.Set();
    }
}
