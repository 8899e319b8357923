using SanaLive.Sessions.Telemetry;

namespace SanaLive.Sessions.Durability;

/// <summary>
/// Keeps one session in a store: its journal as it happens, snapshots as often as their size allows. Nothing here holds the stream up:
/// a store that cannot be written makes the session not durable, is tried again, and is brought up to date when it can.
/// </summary>
/// <param name="stored">The session's place, owned by this keeper from now on.</param>
/// <param name="facts">What the session began with.</param>
/// <param name="log">Its journal so far.</param>
/// <param name="kept">Its snapshots so far, the newest last.</param>
/// <param name="isNew">Nothing of it is in the store yet.</param>
/// <param name="around">Clock, log, options.</param>
/// <param name="changed">The view is another. Called without any lock held.</param>
/// <param name="fenced">Somebody else owns the session now. Called without any lock held.</param>
internal sealed partial class SessionKeeper(
    IStoredSession stored, SessionFacts facts, KeeperLog log, IReadOnlyList<KeptSnapshot> kept, bool isNew, SessionSurroundings around, Action changed, Action fenced)
    : IAsyncDisposable
{
    /// <summary>Records in the store's journal after which it is written anew, without what is no longer needed.</summary>
    private const int LongJournal = 1024;

    /// <summary>How soon a store that could not be written is tried again unasked.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>A store that has not answered for so long hangs: it counts as one that cannot be written, until it answers.</summary>
    private static readonly TimeSpan LongestFlush = TimeSpan.FromSeconds(15);

    /// <summary>The same for snapshots, which may be large.</summary>
    private static readonly TimeSpan LongestSave = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private readonly List<JournalRecord> _queue = [];
    private readonly List<(long Sequence, TaskCompletionSource Done)> _waiting = [];
    private readonly HashSet<ITimer> _timers = [];
    private IReadOnlyList<KeptSnapshot> _kept = kept;
    private Snapshot? _offered;
    private DateTimeOffset _nextSnapshot = DateTimeOffset.MinValue;
    private Task _writing = Task.CompletedTask;
    private Task _saving = Task.CompletedTask;
    private long _flushed = isNew ? -1 : log.Sequence;
    private long _promised; // somebody is told that what was noted up to here is never lost
    private int _journaled;
    private int _life; // counts how often the stream began again from its seed
    private bool _isWriting;
    private bool _isSaving;
    private bool _anew = true; // the store's journal is not what it should be
    private bool _waitsForSnapshot; // what the store's journal knows is no longer remembered here
    private bool _hangs; // the store has not answered to the journal's last write, and nobody waits for it
    private bool _fenced;
    private bool _over;
    private string? _trouble; // of the journal
    private string? _snapshotTrouble;

    public long Epoch => stored.Epoch;

    /// <summary>The last block that has been shown whole; -1 for none.</summary>
    public long Shown { get; private set; } = -1;

    /// <summary>What happened when the session was restored, for its view.</summary>
    public string? Note { get; set; }

    public long Sequence
    {
        get { lock (_gate) return log.Sequence; }
    }

    public DurabilityView View
    {
        get { lock (_gate) return new DurabilityView(Trouble is null, Epoch, _kept.Count > 0 ? _kept[^1].Name.Block : null, Trouble, Note); }
    }

    /// <summary>Blocks up to this one were shown before the session was restored.</summary>
    public void HasShown(long block) => Shown = block;

    /// <summary>Notes something down; returns at once. Who must be sure of it awaits <see cref="FlushedAsync()"/>.</summary>
    public void Append(JournalEntry entry)
    {
        lock (_gate)
        {
            if (_fenced) return;
            var record = log.Add(entry);
            _queue.Add(record);
            if (entry is JournalEntry.Cued or JournalEntry.Paused or JournalEntry.Rewound or JournalEntry.Forgotten) _promised = record.Sequence;
            Work();
        }
    }

    /// <summary>
    /// Returns when the session, its cues and its pauses so far are on the disk, or when it is known that they cannot be: then
    /// <see cref="View"/> says so.
    /// </summary>
    public Task FlushedAsync()
    {
        lock (_gate) return FlushedAsync(_promised);
    }

    private Task FlushedAsync(long sequence)
    {
        lock (_gate)
        {
            if (_fenced || _hangs || _flushed >= sequence) return Task.CompletedTask;
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((sequence, done));
            Work();
            return done.Task;
        }
    }

    /// <summary>Will be shown: when its last frame has been due, the journal says so.</summary>
    public void Published(EncodedBlock block)
    {
        var wait = block.DueAt + TimeSpan.FromSeconds((double)block.Frames.Count / block.FramesPerSecond) - around.Time.GetUtcNow();
        lock (_gate)
        {
            if (!_over) After(wait, () => HasBeenShown(block));
        }
    }

    /// <summary>Whether a snapshot is due: the last one is long enough ago for its size and is no longer being written.</summary>
    public bool WantsSnapshot(DateTimeOffset now)
    {
        lock (_gate) return !_fenced && (_offered is null || Trouble is not null) && now >= _nextSnapshot;
    }

    /// <summary>Takes a snapshot to write in the background. A newer one takes the place of one that could not be written.</summary>
    public void Offer(Snapshot snapshot)
    {
        lock (_gate)
        {
            if (_fenced) return;
            _offered = snapshot;
            _nextSnapshot = around.Time.GetUtcNow() + around.Options.SnapshotInterval(snapshot.Stream.Bytes.Length);
            if (Trouble is not null && log.Count > 4 * LongJournal)
            {
                // Nothing could be written for long: what is remembered for when it can be must not grow.
                log.BeginWith(BaseOf(snapshot), snapshot.Sequence, snapshot.Block);
                (_kept, _waitsForSnapshot) = ([], true);
            }

            Save();
        }
    }

    /// <summary>The stream begins again from its seed: its snapshots count no more.</summary>
    public void BeginAgain(JournalEntry.Collected with)
    {
        lock (_gate)
        {
            _queue.Add(log.Add(new JournalEntry.Kept([])));
            log.BeginWith(with, log.Sequence, long.MaxValue);
            (_kept, _offered, _anew, _waitsForSnapshot, _snapshotTrouble, Shown) = ([], null, true, false, null, -1);
            _life++;
            Work();
        }
    }

    /// <summary>The engine could not save the stream.</summary>
    public void CannotTake(Exception error) => Failed(error, ref _snapshotTrouble);

    public Task<Snapshot> LoadAsync(SnapshotName name, CancellationToken cancellation) => stored.LoadAsync(name, cancellation);

    /// <summary>Deletes the session from its store, as soon as what is being written is.</summary>
    public async Task DeleteAsync()
    {
        await StopAsync();
        try
        {
            await stored.DeleteAsync();
        }
        catch (Exception e) when (e is IOException or StoreException)
        {
            around.Log.CannotDelete(e, Tag);
        }

        await stored.DisposeAsync();
    }

    /// <summary>Writes what is left to write.</summary>
    public async ValueTask DisposeAsync()
    {
        await _saving;
        await FlushedAsync(Sequence);
        await StopAsync();
        await stored.DisposeAsync();
    }

    private string? Trouble => _trouble ?? _snapshotTrouble;

    private string Tag => facts.Id[..6];

    private async Task StopAsync()
    {
        Task work;
        lock (_gate)
        {
            _over = true;
            foreach (var timer in _timers) timer.Dispose();
            _timers.Clear();
            work = Task.WhenAll(_saving, _writing);
        }

        await work;
    }

    private void HasBeenShown(EncodedBlock block)
    {
        if (block.Number <= Shown) return;
        Shown = block.Number;
        Append(new JournalEntry.Shown(block.Number, block.FrameHash));
    }
}
