using SanaLive.Sessions.Bookmarks;

namespace SanaLive.Sessions.Durability;

/// <content>Bookmarks are snapshots that stay. The same loop writes them that writes and prunes snapshots, so that none goes before the journal names it.</content>
internal sealed partial class SessionKeeper
{
    private readonly Queue<(Bookmark Bookmark, Snapshot Snapshot, TaskCompletionSource<Bookmark> Done)> _toBookmark = [];

    /// <summary>Returns when the journal names it; who must be sure that this is on the disk awaits <see cref="FlushedAsync()"/>.</summary>
    /// <exception cref="IOException">There is no room for it, or nobody writes here any more.</exception>
    public Task<Bookmark> SaveAsync(Bookmark bookmark, Snapshot snapshot)
    {
        var done = new TaskCompletionSource<Bookmark>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_over || _fenced) throw new IOException("This session is not kept here any more.");
            _toBookmark.Enqueue((bookmark, snapshot, done));
            Save();
        }

        return done.Task;
    }

    /// <summary>Never throws: whoever waits is told.</summary>
    private async Task SaveBookmarksAsync()
    {
        while (true)
        {
            (Bookmark Bookmark, Snapshot Snapshot, TaskCompletionSource<Bookmark> Done) next;
            string? trouble;
            lock (_gate)
            {
                if (!_toBookmark.TryDequeue(out next)) return;
                trouble = _trouble;
            }

            try
            {
                // While the journal cannot name it, it would only take room.
                if (trouble is not null) throw new IOException(trouble);
                next.Done.SetResult(Named(next.Bookmark, await stored.SaveAsync(next.Snapshot)));
            }
            catch (Exception e)
            {
                if (e is FencedException) Lost(e);
                next.Done.SetException(e);
            }
        }
    }

    private Bookmark Named(Bookmark bookmark, SnapshotName name)
    {
        bookmark = bookmark with { Snapshot = name, Bytes = name.Bytes + bookmark.Picture.Length };
        lock (_gate)
        {
            var record = log.Add(new JournalEntry.Bookmarked(bookmark));
            _queue.Add(record);
            _promised = record.Sequence;
            Work();
        }

        return bookmark;
    }

    /// <summary>All snapshots that the journal names and that somebody may go back to.</summary>
    private IReadOnlyList<SnapshotName> Needed() =>
    [
        .. _kept.Select(one => one.Name), .. log.Bookmarks.Select(one => one.Snapshot).OfType<SnapshotName>(), .. log.Rewinds.Select(one => one.From),
    ];
}
