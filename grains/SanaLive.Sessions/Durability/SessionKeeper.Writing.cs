using SanaLive.Sessions.Telemetry;

namespace SanaLive.Sessions.Durability;

/// <content>Two things write: one the journal, the other snapshots, so that nobody's receipt waits for a snapshot.</content>
internal sealed partial class SessionKeeper
{
    private void Work()
    {
        if (_isWriting) return;
        _isWriting = true;
        _writing = WriteAsync();
    }

    private void Save()
    {
        if (_isSaving) return;
        _isSaving = true;
        _saving = SaveAsync();
    }

    /// <summary>Writes the journal until nothing is left to write, or nothing can be written. Never throws.</summary>
    private async Task WriteAsync()
    {
        await Task.Yield();
        while (true)
        {
            IReadOnlyList<JournalRecord> records;
            long sequence;
            bool anew, flush;
            lock (_gate)
            {
                (anew, flush, sequence) = (_anew || _journaled > LongJournal, _waiting.Count > 0, log.Sequence);
                records = anew ? log.Whole() : [.. _queue];
                if (_fenced || _waitsForSnapshot || (!anew && !flush && records.Count == 0))
                {
                    Release();
                    _isWriting = false;
                    return;
                }
            }

            try
            {
                await AnsweredAsync(anew ? stored.RewriteAsync(records) : stored.AppendAsync(records, flush), ofJournal: true);
                Written(sequence, anew, flush, records.Count);
            }
            catch (Exception e)
            {
                // A store of whatever kind that fails in whatever way: the session's status says so, and the log.
                lock (_gate) (_isWriting, _anew, _hangs) = (false, true, false);
                Failed(e, ref _trouble);
                return;
            }
        }
    }

    private void Written(long sequence, bool anew, bool flushed, int records)
    {
        bool recovered;
        lock (_gate)
        {
            _hangs = false;
            _journaled = anew ? records : _journaled + records;
            _anew &= !anew;
            _queue.RemoveAll(record => record.Sequence <= sequence);
            if (anew || flushed)
            {
                _flushed = Math.Max(_flushed, sequence);
                foreach (var (_, done) in _waiting.Where(one => one.Sequence <= _flushed)) done.TrySetResult();
                _waiting.RemoveAll(one => one.Sequence <= _flushed);
            }

            recovered = _trouble is not null;
            _trouble = null;
            recovered &= Trouble is null;
            if (_offered is not null) Save();
        }

        if (recovered) Recovered();
    }

    /// <summary>Writes the newest snapshot until there is no newer one, or it cannot be written. Never throws.</summary>
    private async Task SaveAsync()
    {
        await Task.Yield();
        while (true)
        {
            await SaveBookmarksAsync();
            Snapshot? snapshot;
            int life;
            lock (_gate)
            {
                if (_toBookmark.Count > 0) continue;
                (snapshot, life) = (_offered, _life);
                // While the journal cannot name snapshots they would only take room.
                if (snapshot is null || _fenced || (_trouble is not null && !_waitsForSnapshot))
                {
                    _isSaving = false;
                    return;
                }
            }

            try
            {
                var saving = stored.SaveAsync(snapshot);
                await AnsweredAsync(saving, ofJournal: false);
                var name = await saving;
                if (Named(snapshot, name, life) is not { } named) continue;
                await FlushedAsync(named);
                IReadOnlyList<SnapshotName>? keep;
                // Until the journal on the disk names the new one, the old ones are what it names.
                lock (_gate) keep = _flushed >= named ? Needed() : null;
                if (keep is not null) await stored.PruneAsync(keep);
            }
            catch (Exception e)
            {
                lock (_gate)
                {
                    _isSaving = false;
                    if (_toBookmark.Count > 0) Save();
                }

                Failed(e, ref _snapshotTrouble);
                return;
            }
        }
    }

    /// <summary>The number of the record that names it; null when the stream has begun again meanwhile: then the snapshot is of another life.</summary>
    private long? Named(Snapshot snapshot, SnapshotName name, int life)
    {
        bool recovered;
        long sequence;
        lock (_gate)
        {
            if (ReferenceEquals(_offered, snapshot)) _offered = null;
            if (life != _life) return null;
            _kept = SnapshotRetention.After(_kept, new KeptSnapshot(name, BaseOf(snapshot)), Shown);
            var record = log.Add(new JournalEntry.Kept([.. _kept.Select(one => one.Name)]));
            _queue.Add(record);
            sequence = record.Sequence;
            if (_kept[0].Base is { } collected) log.BeginWith(collected, _kept[0].Name.Sequence, _kept[0].Name.Block);
            _waitsForSnapshot = false;
            recovered = _snapshotTrouble is not null;
            _snapshotTrouble = null;
            recovered &= Trouble is null;
        }

        if (recovered) Recovered();
        return sequence;
    }

    private JournalEntry.Collected BaseOf(Snapshot snapshot) => new(snapshot.Events, snapshot.Cues, snapshot.IsPaused, Shown);

    private void Recovered()
    {
        around.Log.DurableAgain(Tag);
        changed();
    }

    private void Failed(Exception error, ref string? trouble)
    {
        if (error is FencedException)
        {
            Lost(error);
            return;
        }

        string? before;
        lock (_gate)
        {
            before = Trouble;
            trouble = $"It cannot be saved now: {error.Message.TrimEnd('.')}.";
            Release();
            if (!_over) After(Patience, TryAgain);
        }

        if (before is null) around.Log.NotDurable(error, Tag);
        if (before != Trouble) changed();
    }

    /// <summary>Returns when the store has answered, however late; what it answers is its task's. If it is late, nobody else waits for it meanwhile.</summary>
    private async Task AnsweredAsync(Task work, bool ofJournal)
    {
        if (!work.IsCompleted)
        {
            using var answered = new CancellationTokenSource();
            var patience = ofJournal ? LongestFlush : LongestSave;
            if (await Task.WhenAny(work, Task.Delay(patience, around.Time, answered.Token)) != work) Hangs(patience, ofJournal);
            answered.Cancel();
        }

        await work;
    }

    private void Hangs(TimeSpan patience, bool ofJournal)
    {
        string? before;
        var sentence = $"It cannot be saved now: its store has not answered for {patience.TotalSeconds:0} s.";
        lock (_gate)
        {
            before = Trouble;
            if (ofJournal) (_trouble, _hangs) = (sentence, true);
            else _snapshotTrouble = sentence;
            if (ofJournal) Release();
        }

        if (before is null) around.Log.NotDurable(new TimeoutException(sentence), Tag);
        if (before != Trouble) changed();
    }

    private void TryAgain()
    {
        if (_anew) Work();
        if (_offered is not null) Save();
    }

    private void Lost(Exception error)
    {
        lock (_gate)
        {
            if (_fenced) return;
            (_fenced, _offered, _trouble) = (true, null, error.Message);
            Release();
        }

        around.Log.Fenced(error, Tag);
        fenced();
    }

    private void Release()
    {
        foreach (var (_, done) in _waiting) done.TrySetResult();
        _waiting.Clear();
    }

    /// <summary>Under the lock, after a time, unless the keeper is stopped before.</summary>
    private void After(TimeSpan wait, Action then)
    {
        ITimer? timer = null;
        timer = around.Time.CreateTimer(
            _ =>
            {
                lock (_gate)
                {
                    timer!.Dispose();
                    if (_timers.Remove(timer)) then();
                }
            },
            null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timers.Add(timer);
        timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(Math.Max(0, wait.TotalMilliseconds))), Timeout.InfiniteTimeSpan);
    }
}
