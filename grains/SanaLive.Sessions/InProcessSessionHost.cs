using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Retry;
using SanaLive.Runtime.Engine;
using SanaLive.Sessions.Admission;
using SanaLive.Sessions.Durability;
using SanaLive.Sessions.Encoding;
using SanaLive.Sessions.Engines;
using SanaLive.Sessions.Pictures;
using SanaLive.Sessions.Replay;
using SanaLive.Sessions.Telemetry;

namespace SanaLive.Sessions;

/// <summary>Sessions in this process, on one or several engines of one model. The engines belong to whoever made them.</summary>
public sealed partial class InProcessSessionHost : ISessionHost, IAsyncDisposable
{
    internal static readonly ResiliencePropertyKey<(string Session, long Block)> RetriedBlock = new("sanalive.block");

    private readonly ConcurrentDictionary<string, Session> _sessions = new();
    private readonly SessionSurroundings _around;
    private readonly ISessionStore? _store;
    private volatile bool _disposed;

    /// <param name="engines">All of one model.</param>
    /// <param name="encoder">Encodes blocks.</param>
    /// <param name="pictures">Decodes start images.</param>
    /// <param name="options">Checked here.</param>
    /// <param name="time">The clock of everything.</param>
    /// <param name="log">The log.</param>
    /// <param name="store">Where sessions survive this process; null: nowhere. It belongs to whoever made it.</param>
    /// <exception cref="ArgumentException">No engine, engines of different models, or options that cannot be.</exception>
    public InProcessSessionHost(
        IEnumerable<IEngine> engines, IBlockEncoder encoder, IPictureReader pictures, IOptions<SessionOptions> options, TimeProvider time,
        ILogger<InProcessSessionHost> log, ISessionStore? store = null)
    {
        _store = store;
        var all = engines.ToList();
        if (all.Count == 0) throw new ArgumentException("A host of sessions needs at least one engine.", nameof(engines));
        if (all.FirstOrDefault(e => e.Model.Fingerprint != all[0].Model.Fingerprint) is { } other)
            throw new ArgumentException($"Engine {other.Name} runs {other.Model.Name}, but {all[0].Name} runs {all[0].Model.Name}: one host has one model.");
        if (options.Value.Problems() is { Count: > 0 } problems) throw new ArgumentException(string.Join(" ", problems), nameof(options));
        options.Value.LeadFor(all[0].Model.BlockDuration);

        if (all.GroupBy(e => e.Name).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new ArgumentException($"Two engines are called {twice.Key}: each needs a name of its own.", nameof(engines));
        var pool = new EnginePool(all, options.Value, time, log, OnEnginesChanged);
        var line = new AdmissionLine(pool.All, options.Value);
        _around = new SessionSurroundings(
            all[0].Model, pool, line, encoder, pictures, options.Value, BuildRetry(options.Value, time, log), time, log, Forget);
    }

    /// <summary>The model that all sessions here run.</summary>
    public ModelCard Model => _around.Model;

    public SessionLoad Load => new(_sessions.Count, _around.Line.Active, _around.Line.Waiting, _around.Line.Capacity, _around.Line.IsFull);

    public Task<SessionCreated> CreateAsync(CreateSession request, CancellationToken cancellation) =>
        CreateAsync(SessionSecrets.NewId(), request, cancellation);

    /// <summary>The same with an id that was drawn before (<see cref="NewId"/>), so that it could be decided where the session goes.</summary>
    public async Task<SessionCreated> CreateAsync(string id, CreateSession request, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        RequireRoom();
        var start = await SessionStart.ReadAsync(request, _around, cancellation);
        RequireRoom();

        var key = SessionSecrets.NewDirectorKey();
        var replayed = request.Replay is { } replay ? await SessionReplay.ReadAsync(replay, start, id, SessionSecrets.Hash(key), _around, cancellation) : null;
        var stored = await PlaceForAsync(id, cancellation);
        var session = replayed is null ? new Session(id, SessionSecrets.Hash(key), start, _around, stored) : new Session(replayed, stored, _around);
        await OpenAsync(session);
        _around.Log.Created(session.Id[..6], start.Seed);
        return new SessionCreated(session.Id, key, session.View());
    }

    /// <summary>Brings back all sessions of the store. To be called once, before anything else.</summary>
    /// <returns>How many are back.</returns>
    public async Task<int> RestoreAsync(CancellationToken cancellation)
    {
        if (_store is null) return 0;
        var ids = await _store.ListAsync(cancellation);
        // Each reads a whole snapshot to know that it can be used: a few at a time.
        foreach (var few in ids.Chunk(8)) await Task.WhenAll(few.Select(id => RestoreAsync(_store, id, cancellation)));
        foreach (var session in _sessions.Values.OrderBy(s => s.Created)) ParentOf(session)?.HasFork(session);
        return _sessions.Count;
    }

    public Task<SessionLoad> LoadAsync(CancellationToken cancellation) => Task.FromResult(Load);

    public Task<IReadOnlyList<SessionView>> ListAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<SessionView>>(_sessions.Values.OrderBy(s => s.Created).Select(s => s.View()).ToList());

    public Task<SessionView> GetAsync(string id, CancellationToken cancellation) => Task.FromResult(Find(id).View());

    public Task<bool> MaySteerAsync(string id, string directorKey, CancellationToken cancellation) =>
        Task.FromResult(SessionSecrets.Matches(Find(id).KeyHash, directorKey));

    public Task<CueReceipt> CueAsync(string id, CueRequest cue, CancellationToken cancellation) =>
        KeptAsync(id, session => session.CueAsync(cue, cancellation));

    public Task<CueReceipt> ChangeCueAsync(string id, string cueId, CueRequest cue, CancellationToken cancellation) =>
        KeptAsync(id, session => session.ChangeCueAsync(cueId, cue, cancellation));

    public Task<CueReceipt> WithdrawCueAsync(string id, string cueId, CancellationToken cancellation) =>
        KeptAsync(id, session => Task.FromResult(session.WithdrawCue(cueId)));

    public Task<SessionView> PauseAsync(string id, CancellationToken cancellation) => KeptAsync(id, session => Task.FromResult(session.Pause()));

    public Task<SessionView> ResumeAsync(string id, CancellationToken cancellation) => KeptAsync(id, session => Task.FromResult(session.Resume()));

    public Task<SessionView> RestartAsync(string id, CancellationToken cancellation) => KeptAsync(id, session => session.RestartAsync(cancellation));

    public Task<IReadOnlyList<MadeBlock>> BlocksAsync(string id, CancellationToken cancellation) => Task.FromResult(Find(id).Blocks());

    public Task<SessionView> MoveAsync(string id, string engine, CancellationToken cancellation) =>
        Find(id).MoveAsync(_around.Engines.Find(engine, SessionError.Invalid), cancellation);

    public Task<IReadOnlyList<EngineView>> EnginesAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<EngineView>>([.. _around.Engines.All.Select(View)]);

    public async Task<EngineView> DrainAsync(string engine, CancellationToken cancellation) => await Task.FromResult(View(_around.Engines.Drain(engine, drains: true)));

    public async Task<EngineView> ServeAsync(string engine, CancellationToken cancellation) => await Task.FromResult(View(_around.Engines.Drain(engine, drains: false)));

    public async Task CloseAsync(string id, CancellationToken cancellation)
    {
        var session = Find(id);
        session.Close();
        // Who is told that it is closed may rely on nothing of it being kept any more.
        await session.DisposeAsync().AsTask().WaitAsync(cancellation);
    }

    public IAsyncEnumerable<EncodedBlock> WatchAsync(string id, long? fromBlock, CancellationToken cancellation) =>
        Find(id).WatchAsync(fromBlock, cancellation);

    public Task ReportViewersAsync(string id, string relay, int viewers, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(viewers);
        _sessions.GetValueOrDefault(id)?.ReportViewers(relay, viewers);
        return Task.CompletedTask;
    }

    public IAsyncEnumerable<SessionView> EventsAsync(string id, CancellationToken cancellation) => Find(id).EventsAsync(cancellation);

    public Task StopAsync()
    {
        _disposed = true;
        return Task.WhenAll(_sessions.Values.Select(session => session.StopAsync()));
    }

    /// <summary>Stops all sessions if they are kept, else closes them, and waits until none uses an engine any more.</summary>
    public async ValueTask DisposeAsync()
    {
        _disposed = true;
        if (_store is not null) await StopAsync();
        foreach (var session in _sessions.Values) await session.DisposeAsync();
        await _around.Engines.DisposeAsync();
    }

    private EngineView View(HostedEngine engine) => engine.View(_sessions.Values.Count(session => session.IsOn(engine)));

    /// <summary>Called by engines without any lock held: places may have come free, and sessions may have lost theirs.</summary>
    private void OnEnginesChanged()
    {
        _around.Line.Advance();
        foreach (var session in _sessions.Values) session.Wake();
    }

    /// <summary>Gives a new session its place in line, and lets it be found once it is on the disk.</summary>
    private async Task OpenAsync(Session session)
    {
        try
        {
            session.Claim();
        }
        catch (SessionException)
        {
            await session.DisposeAsync();
            throw;
        }

        await session.FlushedAsync();
        _sessions[session.Id] = session;
        if (!_disposed) return;
        // The host went away while the prompt was read: whoever disposed it may not have seen this session.
        await session.DisposeAsync();
        throw new ObjectDisposedException(nameof(InProcessSessionHost));
    }

    /// <summary>Nobody is told of a command before it is kept.</summary>
    private async Task<T> KeptAsync<T>(string id, Func<Session, Task<T>> command)
    {
        var session = Find(id);
        var answer = await command(session);
        await session.FlushedAsync();
        // Nobody is told of a command that the session's owner knows nothing of.
        return session.IsElsewhere ? throw Elsewhere() : answer;
    }

    private async Task<IStoredSession?> PlaceForAsync(string id, CancellationToken cancellation)
    {
        if (_store is null) return null;
        try
        {
            return await _store.CreateAsync(id, cancellation);
        }
        catch (IOException e)
        {
            throw new SessionException(SessionError.Overloaded, $"This server has no room for another session: {e.Message}", e);
        }
    }

    private async Task RestoreAsync(ISessionStore store, string id, CancellationToken cancellation)
    {
        try
        {
            var stored = await store.OpenAsync(id, cancellation);
            if (await SessionRestore.ReadAsync(stored, id, Model, _around.Log, cancellation) is { } past) _sessions[id] = new Session(past, stored, _around);
            else await stored.DeleteAsync();
        }
        catch (Exception e) when (e is StoreException or IOException)
        {
            _around.Log.CannotRestore(id[..Math.Min(6, id.Length)], e.Message);
        }
    }

    private Session Find(string id) =>
        _sessions.GetValueOrDefault(id) ?? throw new SessionException(SessionError.NotFound, "There is no session with this id; it may have been closed.");

    private void RequireRoom()
    {
        if (_sessions.Count >= _around.Options.MaxSessions)
            throw new SessionException(SessionError.Overloaded, $"This server holds {_around.Options.MaxSessions} sessions already. Close one, or try again later.");
        if (_around.Line.IsFull) throw AdmissionLine.Full(_around.Line.Waiting);
    }

    private static ResiliencePipeline BuildRetry(SessionOptions options, TimeProvider time, ILogger log)
    {
        var builder = new ResiliencePipelineBuilder { TimeProvider = time };
        if (options.Retries == 0) return builder.Build();
        return builder.AddRetry(new RetryStrategyOptions
        {
            // Who lost an engine has to go to another one.
            ShouldHandle = new PredicateBuilder().Handle<Exception>(e => e is not (OperationCanceledException or EngineLostException)),
            MaxRetryAttempts = options.Retries,
            // At once: the stream would stall meanwhile.
            Delay = TimeSpan.Zero,
            OnRetry = retry =>
            {
                var (session, block) = retry.Context.Properties.GetValue(RetriedBlock, ("", 0));
                SessionTelemetry.RetryCount.Add(1);
                log.Retrying(retry.Outcome.Exception, session, block, retry.AttemptNumber + 2);
                return default;
            },
        }).Build();
    }
}
