using System.Collections.Immutable;
using SanaLive.Sessions.Bookmarks;
using SanaLive.Sessions.Durability;
using SanaLive.Sessions.Engines;
using SanaLive.Sessions.Telemetry;

namespace SanaLive.Sessions;

/// <content>
/// Going back, and forks. A session's block numbers never go back: what does is the stream, whose own numbers, which its noise is drawn by,
/// are the session's less a shift.
/// </content>
internal sealed partial class Session
{
    private readonly Dictionary<long, DueRewind> _rewinds = []; // by the first block after it
    private ImmutableList<ForkView> _forks = [];
    private long _family;
    private RewindView? _rewound;
    private long _shift;

    /// <summary>What it was forked from; null for a session of its own.</summary>
    public SessionOrigin? Origin => _facts.Origin;

    /// <summary>See <see cref="ISessionHost.RewindAsync"/>. Of several for one block the last counts.</summary>
    public async Task<RewindView> RewindAsync(string id, CancellationToken cancellation)
    {
        Bookmark bookmark;
        lock (_gate)
        {
            RequireAlive();
            bookmark = Find(id);
        }

        var moment = await ReadAsync(bookmark, cancellation);
        lock (_gate)
        {
            RequireAlive();
            // It may have become too old meanwhile; then it may not be on the disk any more.
            Find(id);
            var block = Open;
            _rewinds[block] = new DueRewind(bookmark.Snapshot, moment);
            _rewound = new RewindView(bookmark.Id, bookmark.Name, block, bookmark.Block);
            if (bookmark.Snapshot is { } kept) _keeper!.Append(new JournalEntry.Rewound(_rewound, kept));
            _lastUsed = _around.Time.GetUtcNow();
            _around.Log.Rewound(Tag, bookmark.Id, block);
            Changed();
            _wake.Set();
            return _rewound;
        }
    }

    public void HasFork(Session fork)
    {
        lock (_gate)
        {
            _forks = _forks.Add(new ForkView(fork.Id, fork.Origin!.Block));
            if (!_closed) Changed();
        }
    }

    public void LosesFork(string id)
    {
        lock (_gate)
        {
            _forks = _forks.RemoveAll(one => one.Session == id);
            if (!_closed) Changed();
        }
    }

    /// <summary>Sessions that were forked from this one and have not ended.</summary>
    public IReadOnlyList<ForkView> Forks
    {
        get { lock (_gate) return _forks; }
    }

    /// <summary>Somewhere in the family a fork was made or has ended: who draws the tree looks again.</summary>
    public void FamilyChanged()
    {
        lock (_gate)
        {
            _family++;
            if (!_closed) Changed();
        }
    }

    /// <summary>Puts a bookmark's stream in the place of the one that was made so far, if that was promised for this block.</summary>
    private async Task<bool> GoBackAsync(EngineLease home, long block)
    {
        DueRewind? due;
        lock (_gate) due = _rewinds.GetValueOrDefault(block);
        if (due is null) return false;
        var moment = due.Moment ?? await _keeper!.LoadAsync(due.From!, _ending.Token);
        var stream = await AskAsync(home, block, (lease, stop) => lease.LoadAsync(moment.Stream, stop));
        lock (_gate)
        {
            if (_stream is { } before) home.Engine.Release(before);
            _stream = stream;
            (_shift, _line, _branch) = (block - stream.NextBlock, moment.Line, moment.Branch?.ToImmutableList());
            // An engine that is lost from now on brings back what is after the rewind, not what was before it.
            Remember(moment.Stream);
            // Another one may have been promised for this block meanwhile: it is then not begun, but comes here again.
            if (_rewinds.GetValueOrDefault(block) == due) _rewinds.Remove(block);
        }

        return true;
    }
}
