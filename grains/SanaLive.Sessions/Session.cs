using SanaLive.Runtime.Engine;
using SanaLive.Sessions.Admission;
using SanaLive.Sessions.Durability;
using SanaLive.Sessions.Engines;
using SanaLive.Sessions.Playback;
using SanaLive.Sessions.Recordings;
using SanaLive.Sessions.Schedule;
using SanaLive.Sessions.Telemetry;

namespace SanaLive.Sessions;

/// <summary>
/// One endless stream: its facts and commands (this file), its viewers (<c>Session.Watching.cs</c>) and the loop that makes its blocks
/// (<c>Session.Making.cs</c>), on a place that it is given (<c>Session.Place.cs</c>) and may change (<c>Session.Moving.cs</c>); what survives
/// its process (<c>Session.Keeping.cs</c>); and the moments that one can go back to (<c>Session.Bookmarks.cs</c>, <c>Session.Rewinding.cs</c>).
/// All facts are guarded by one lock, which is never held across an await; the loop alone makes blocks and changes states.
/// </summary>
internal sealed partial class Session : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly SessionSurroundings _around;
    private readonly SessionStart _start;
    private readonly SessionFacts _facts;
    private PromptSchedule _schedule;
    private readonly MediaTimeline _timeline;
    private readonly MediaClock _clock;
    private readonly AdaptiveLead _lead;
    private readonly RecentBlocks _recent;
    private readonly TimeSpan _blockDuration;
    private readonly Dictionary<string, ReadAhead> _readAhead = [];
    private readonly Dictionary<string, int> _relayed = [];
    private readonly Signal _wake = new();
    private readonly Pulse _blocksChanged = new();
    private readonly Pulse _viewChanged = new();
    private readonly CancellationTokenSource _ending = new();
    private readonly ITimer _timer;
    private readonly Task _loop;

    private EngineLease? _home; // of the engine that has the stream, or will
    private IVideoStream? _stream;
    private Ticket? _ticket;
    private PromptLine _line;
    private Prompt _shownPrompt;
    private SessionStatus _shownStatus = SessionStatus.Idle;
    private int? _shownPosition;
    private StageMilliseconds? _lastBlock;
    private Task _publishing = Task.CompletedTask;
    private long _version;
    private long _begun; // blocks whose denoising has begun: the next cue applies to the one after them
    private long _published;
    private long _cueCount;
    private int _reading; // cues that the model is reading
    private DateTimeOffset? _heldSince;
    private DateTimeOffset? _claimedAt; // nobody has watched yet: since when the position in line, or the place, is kept without a reason
    private bool _called; // a place is kept for the first viewer
    private int _followers; // enumerations of EventsAsync
    private int _viewers; // enumerations of WatchAsync; a relay is one, however many people it serves
    private DateTimeOffset _lastWatched;
    private DateTimeOffset _lastUsed;
    private bool _streaming;
    private bool _paused;
    private bool _closed;
    private string? _failure;

    /// <param name="id">Unguessable.</param>
    /// <param name="keyHash">Of the director's key.</param>
    /// <param name="start">What it begins with.</param>
    /// <param name="around">What all sessions share.</param>
    /// <param name="stored">Its place in a store, the session's own from now on; null: nothing of it is kept.</param>
    /// <param name="past">As it was found there; null for a new session.</param>
    public Session(string id, byte[] keyHash, SessionStart start, SessionSurroundings around, IStoredSession? stored = null, RestoredSession? past = null)
    {
        (Id, KeyHash, _start, _around) = (id, keyHash, start, around);
        var options = around.Options;
        _blockDuration = around.Model.BlockDuration;
        _schedule = new PromptSchedule(options.FinishedCues, options.PendingCues);
        _timeline = new MediaTimeline(_blockDuration);
        _clock = new MediaClock(_timeline, options.LeadFor(_blockDuration));
        _lead = new AdaptiveLead(_blockDuration, _clock.LongestLead);
        _clock.Lead = _lead.Lead;
        _recent = new RecentBlocks(options.RecentBlocks);
        _line = _firstLine = new PromptLine(start.Prompt);
        _shownPrompt = start.Prompt;
        _lastUsed = _lastWatched = around.Time.GetUtcNow();
        Created = past?.Facts.Created ?? _lastUsed;
        _facts = past?.Facts ?? new SessionFacts(id, keyHash, Created, around.Model.Fingerprint, start.Seed, start.Prompt, start.Image, start.View, Asked: start.Asked);
        if (stored is not null)
            _keeper = new SessionKeeper(stored, _facts, past?.Log ?? new KeeperLog(_facts), past?.Kept ?? [], past is null or { IsNew: true }, around, OnDurabilityChanged, OnFenced);
        _recording = new SessionRecording(
            stored?.Folder is { } folder ? Path.Combine(folder, "recording") : null, stored?.Folder is null ? options.RecordingMemory : options.RecordingBytes,
            stored?.Epoch ?? 0, error => around.Log.CannotRecord(error, Tag));
        if (past is not null)
        {
            _hashes = past.Hashes;
            Restore(past);
        }

        _timer = around.Time.CreateTimer(static wake => ((Signal)wake!).Set(), _wake, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _loop = RunAsync();
    }

    public string Id { get; }

    public byte[] KeyHash { get; }

    public DateTimeOffset Created { get; }

    /// <summary>What the log calls it.</summary>
    private string Tag => Id[..6];

    public SessionView View()
    {
        lock (_gate) return BuildView();
    }

    public async Task<CueReceipt> CueAsync(CueRequest request, CancellationToken cancellation)
    {
        CueRules.Check(request, _around.Model);
        lock (_gate)
        {
            RequireAlive();
            if (Known(request) is { } known) return known;
            // Refuses what cannot be before the model is asked to read it; the answer may be another when it has.
            _schedule.Accept("", request, Open, _around.Options.BlendBlocks, [], []);
            _reading++;
        }

        return await ReadThenAsync(request, cancellation, read =>
        {
            if (Known(request) is { } known) return known;
            var cue = $"c{_cueCount + 1}";
            Happen(_schedule.Accept(cue, request, Open, _around.Options.BlendBlocks, read.Prompt.Understood, read.Prompt.NotUnderstood));
            _cueCount++;
            _readAhead[cue] = read;
            var receipt = _schedule.Find(cue)!;
            SessionTelemetry.CueCount.Add(1);
            _around.Log.CueAccepted(Tag, cue, receipt.Block);
            return receipt;
        });
    }

    public async Task<CueReceipt> ChangeCueAsync(string cue, CueRequest request, CancellationToken cancellation)
    {
        lock (_gate)
        {
            RequireAlive();
            request = _schedule.Completed(cue, request, Open);
            CueRules.Check(request, _around.Model);
            _schedule.Change(cue, request, Open, [], []);
            _reading++;
        }

        return await ReadThenAsync(request, cancellation, read =>
        {
            Happen(_schedule.Change(cue, request, Open, read.Prompt.Understood, read.Prompt.NotUnderstood));
            _readAhead[cue] = read;
            return _schedule.Find(cue)!;
        });
    }

    public CueReceipt WithdrawCue(string cue)
    {
        lock (_gate)
        {
            RequireAlive();
            Happen(_schedule.Withdraw(cue, Open));
            return _schedule.Find(cue)!;
        }
    }

    public SessionView Pause() => SetPaused(true);

    public SessionView Resume() => SetPaused(false);

    /// <summary>Ends all watching. Nothing is awaited: a block under way is given up in the background.</summary>
    public void Close()
    {
        lock (_gate)
        {
            if (_closed) return;
            _closed = true;
            _around.Log.Closed(Tag, _published);
            Changed();
        }

        _ending.Cancel();
        _blocksChanged.Fire();
        _wake.Set();
        _around.Ended(this);
    }

    public async ValueTask DisposeAsync()
    {
        bool close;
        lock (_gate) close = !_stopping;
        if (close) Close();
        await _loop;
    }

    private SessionView SetPaused(bool paused)
    {
        lock (_gate)
        {
            RequireAlive();
            _lastUsed = _around.Time.GetUtcNow();
            if (_paused != paused)
            {
                _paused = paused;
                _keeper?.Append(new JournalEntry.Paused(paused));
                Changed();
                _wake.Set();
            }

            return BuildView();
        }
    }

    /// <summary>The first block that a cue, or going back, may apply to: what is made again comes out as it was.</summary>
    private long Open => Math.Max(_begun, Math.Max(_firstToShow, _firstToSteer));

    private CueReceipt? Known(CueRequest request) => request.ClientId is { } id ? _schedule.FindByClient(id) : null;

    private void Happen(IReadOnlyList<CueEvent> events)
    {
        _lastUsed = _around.Time.GetUtcNow();
        foreach (var e in events) Remember(e);
        if (events.Count > 0) Changed();
    }

    private void Remember(CueEvent e)
    {
        _schedule.Add(e);
        _keeper?.Append(new JournalEntry.Cued(e));
        if (e is CueEvent.Superseded or CueEvent.Withdrawn or CueEvent.Applied) _readAhead.Remove(e.Cue);
    }

    /// <summary>
    /// Has the model read a cue, then accepts it. Meanwhile the next block is held back a little (<see cref="HoldLeft"/>), for the cue is
    /// meant for it: engines read prompts before they begin another block, so this costs the block next to nothing.
    /// </summary>
    /// <param name="request">What it says, checked.</param>
    /// <param name="cancellation">Stops waiting for the model.</param>
    /// <param name="accept">Runs under the lock. The caller has counted itself in <c>_reading</c>.</param>
    private async Task<CueReceipt> ReadThenAsync(CueRequest request, CancellationToken cancellation, Func<ReadAhead, CueReceipt> accept)
    {
        try
        {
            Prompt previous;
            HostedEngine? reader;
            lock (_gate) (previous, reader) = (_line.InForce, _home?.Engine);
            var prompt = await SessionPrompts.ReadAsync(_around.Engines, reader, previous, request.Prompt, request.Controls, cancellation);
            lock (_gate)
            {
                RequireAlive();
                return accept(new ReadAhead(previous, prompt));
            }
        }
        finally
        {
            lock (_gate) _reading--;
            _wake.Set();
        }
    }

    /// <summary>Something that the view shows is another: every event reader will be sent the newest view.</summary>
    private void Changed()
    {
        _version++;
        _shownStatus = Status();
        _shownPosition = _ticket?.Position;
        _viewChanged.Fire();
    }

    private SessionStatus Status() =>
        _closed ? SessionStatus.Closed
        : _failure is not null ? SessionStatus.Failed
        : _paused ? SessionStatus.Paused
        : _ticket is null ? SessionStatus.Idle
        : _ticket.Engine is null ? SessionStatus.Queued
        : _called ? SessionStatus.Idle
        : SessionStatus.Streaming;

    private void RequireAlive()
    {
        // What is written down now would not be part of what was handed over.
        if (_leaves) throw CueRules.Conflict("This session is on its way to another server. Send this again.");
        if (_closed) throw new SessionException(SessionError.NotFound, "This session is closed.");
        if (_failure is not null) throw Broken();
    }

    private SessionException Broken() =>
        new(SessionError.Failed, $"This session has failed. {_failure} It can be restarted from its seed.");

    private SessionView BuildView()
    {
        var model = _around.Model;
        return new SessionView
        {
            Id = Id,
            Version = _version,
            Status = Status(),
            QueuePosition = _closed || _paused || _failure is not null || _ticket?.Position is null ? null : _outsidePosition ?? _ticket.Position,
            Reason = _failure,
            Block = _begun,
            Seed = _start.Seed,
            Image = _start.View,
            Prompt = _shownPrompt.Text,
            Meaning = _shownPrompt.Meaning,
            Controls = _shownPrompt.Controls,
            Cues = _schedule.Receipts,
            Viewers = _relayed.Count > 0 ? _relayed.Values.Sum() : _viewers,
            StateBytes = _stream?.StateBytes ?? model.StateBytes,
            StatePolicy = _stream?.StatePolicy ?? model.StatePolicy,
            Model = model.Name,
            Engine = _home?.Engine.Name ?? "",
            Width = model.Width,
            Height = model.Height,
            FramesPerSecond = model.FramesPerSecond,
            FramesPerBlock = model.FramesPerBlock,
            Created = Created,
            LastBlock = _lastBlock,
            Lead = _clock.LeadBefore(_published, _around.Time.GetUtcNow()).TotalSeconds,
            Stalls = _clock.Stalls,
            Durability = _keeper?.View,
            Notice = Farewell ?? WhyItWaits,
            Bookmarks = SummaryOfBookmarks(),
            Rewind = _rewound,
            Origin = _facts.Origin,
            Forks = _forks,
            Family = _family,
        };
    }

    /// <summary>What a cue says, read when it came, against the prompt that was in force then.</summary>
    private sealed record ReadAhead(Prompt Previous, Prompt Prompt);
}
