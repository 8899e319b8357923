using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using SanaLive.Runtime.Engine;
using SanaLive.Sessions.Telemetry;

namespace SanaLive.Sessions.Engines;

/// <summary>
/// An engine as its host sees it: whether it takes sessions, and the fence around it. It is asked through an <see cref="EngineLease"/>
/// alone. When it has failed its epoch is another, its circuit is open, and it is tried again until it answers (<c>HostedEngine.Recovery.cs</c>).
/// </summary>
internal sealed partial class HostedEngine
{
    /// <summary>However fast an engine is: a processor may be busy with something else for a while.</summary>
    private static readonly TimeSpan LeastPatience = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<IVideoStream, Task> _abandoned = new(ReferenceEqualityComparer.Instance);
    private readonly CircuitBreakerManualControl _circuit = new();
    private readonly TimeProvider _time;
    private readonly Action _changed;
    private readonly int? _places;
    private readonly double _share;
    private CancellationTokenSource _lost = new();
    private long _epoch = 1;
    private volatile string? _failure;
    private volatile bool _drains;
    private int _lastPlaces;

    /// <param name="engine">Belongs to whoever made it.</param>
    /// <param name="options">Checked.</param>
    /// <param name="time">The clock of everything.</param>
    /// <param name="log">The log.</param>
    /// <param name="changed">Called without any lock held when the engine takes sessions no more, or again, or more of them.</param>
    public HostedEngine(IEngine engine, SessionOptions options, TimeProvider time, ILogger log, Action changed)
    {
        (Engine, _time, Log, _changed) = (engine, time, log, changed);
        (_places, _share) = (options.SessionsPerEngine, 1 - options.Reserve);
        Patience = options.EngineTimeout ?? TimeSpan.FromSeconds(Math.Max(LeastPatience.TotalSeconds, 10 / engine.MeasuredBlocksPerSecond));
        Calls = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                ManualControl = _circuit,
                // Opened by the fence alone: that one stream's block failed says nothing about the engine before the probe does.
                ShouldHandle = static _ => PredicateResult.False(),
            })
            // A call may have to wait for those of all streams that share the engine.
            .AddTimeout(new Polly.Timeout.TimeoutStrategyOptions { TimeoutGenerator = _ => new(Patience * Math.Max(1, Taken)) })
            .Build();
        _recovery = BuildRecovery();
        _lastPlaces = Places;
    }

    public IEngine Engine { get; }

    public string Name => Engine.Name;

    /// <summary>How long an answer is waited for, per stream that shares the engine.</summary>
    public TimeSpan Patience { get; }

    public ILogger Log { get; }

    /// <summary>Around every call: circuit and time-out.</summary>
    public ResiliencePipeline Calls { get; }

    public long Epoch => Volatile.Read(ref _epoch);

    /// <summary>Why it is fenced off; null when it is not.</summary>
    public string? Failure => _failure;

    public bool IsDraining => _drains;

    public bool IsServing => !_drains && _failure is null;

    /// <summary>Sessions that have a place. Written by the <see cref="Admission.AdmissionLine"/> alone, under its lock.</summary>
    public int Taken { get; set; }

    /// <summary>One stream's real-time factor is how many streams an engine can make; one is always tried.</summary>
    public int Places => _places ?? Math.Max(1, (int)(Engine.MeasuredBlocksPerSecond * Engine.Model.BlockDuration.TotalSeconds * _share));

    /// <summary>After every block, which is a measurement of the engine: there may be room now for somebody who waits.</summary>
    public void WasMeasured()
    {
        var places = Places;
        if (Interlocked.Exchange(ref _lastPlaces, places) < places) _changed();
    }

    /// <summary>Lost from the beginning while the engine is fenced off.</summary>
    public EngineLease Lease()
    {
        lock (_gate) return new EngineLease(this, _failure is null ? _epoch : -1, _lost.Token);
    }

    /// <returns>Whether that changed anything.</returns>
    public bool Drain(bool drains)
    {
        lock (_gate)
        {
            if (_drains == drains) return false;
            _drains = drains;
        }

        if (drains) Log.Draining(Name);
        else Log.ServesAgain(Name);
        _changed();
        return true;
    }

    public EngineView View(int sessions) => new(
        Name, _failure is not null ? EngineState.Failed : !_drains ? EngineState.Serving : sessions > 0 || Taken > 0 ? EngineState.Draining : EngineState.Drained,
        _failure is { } reason ? $"It was fenced off: {reason}." : null, Epoch, Places, Taken, sessions, Engine.Model.Name, Engine.QueueLength,
        Engine.MeasuredBlocksPerSecond, Engine.MeasuredBlocksPerSecond * Engine.Model.BlockDuration.TotalSeconds, Engine.Facts);

    /// <summary>Takes the engine out: all leases are lost at once, and nothing that it still answers counts.</summary>
    /// <param name="epoch">Of whoever found out; an older one has been seen to.</param>
    /// <param name="reason">Goes on after "it was fenced off:".</param>
    public async Task FenceAsync(long epoch, string reason)
    {
        CancellationTokenSource lost;
        lock (_gate)
        {
            if (epoch != _epoch || _failure is not null) return;
            Volatile.Write(ref _epoch, epoch + 1);
            _failure = reason;
            (lost, _lost) = (_lost, new CancellationTokenSource());
        }

        Log.EngineFenced(Name, reason, epoch + 1);
        SessionTelemetry.FenceCount.Add(1);
        await _circuit.IsolateAsync();
        lost.Cancel();
        _changed();
        _recovering = RecoverAsync();
    }

    /// <summary>Nobody waits for an answer any more. When it comes it is refused.</summary>
    public void Abandon<T>(Task<T> answer, long epoch, Action<T>? tooLate, IVideoStream? uses)
    {
        if (uses is not null) _abandoned[uses] = answer;
        _ = RefuseAsync();

        async Task RefuseAsync()
        {
            try
            {
                var late = await answer;
                Log.LateAnswer(Name, epoch);
                tooLate?.Invoke(late);
            }
            catch (Exception)
            {
                // It was given up long ago, and why is in the log.
            }
        }
    }

    /// <summary>Disposes of a stream, as soon as the engine does not use it any more.</summary>
    public void Release(IVideoStream stream)
    {
        if (_abandoned.TryRemove(stream, out var answer) && !answer.IsCompleted) _ = ReleaseAsync();
        else stream.Dispose();

        async Task ReleaseAsync()
        {
            await answer.ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
            stream.Dispose();
        }
    }
}
