using Microsoft.Extensions.Logging;
using SanaLive.Runtime.Engine;

namespace SanaLive.Sessions.Engines;

/// <summary>All engines of a host.</summary>
internal sealed class EnginePool : IAsyncDisposable
{
    /// <param name="engines">Of one model, with names of their own.</param>
    /// <param name="options">Checked.</param>
    /// <param name="time">The clock of everything.</param>
    /// <param name="log">The log.</param>
    /// <param name="changed">Called without any lock held when an engine takes sessions no more, or again, or more of them.</param>
    public EnginePool(IReadOnlyList<IEngine> engines, SessionOptions options, TimeProvider time, ILogger log, Action changed) =>
        All = [.. engines.Select(engine => new HostedEngine(engine, options, time, log, changed))];

    public IReadOnlyList<HostedEngine> All { get; }

    /// <summary>Why no stream can go on now, in a sentence for viewers; null when some engine serves.</summary>
    public string? Trouble => All.Any(engine => engine.IsServing) || All.FirstOrDefault(engine => engine.Failure is not null) is not { } failed
        ? null
        : $"Engine {failed.Name} has failed ({failed.Failure}) and there is no other: the stream goes on when it is back.";

    /// <exception cref="SessionException">There is none of this name.</exception>
    public HostedEngine Find(string? name, SessionError error) => All.FirstOrDefault(engine => engine.Name == name)
        ?? throw new SessionException(error, $"There is no engine '{name}'. Engines: {string.Join(", ", All.Select(engine => engine.Name))}.");

    /// <summary>The least busy engine that takes sessions; null when none does.</summary>
    public HostedEngine? Serving() => All.Where(engine => engine.IsServing).MaxBy(engine => engine.Places - engine.Taken);

    /// <summary>Takes an engine out of service for its operator, or back in.</summary>
    /// <exception cref="SessionException">There is none of this name, or no other for its sessions.</exception>
    public HostedEngine Drain(string name, bool drains)
    {
        var engine = Find(name, SessionError.NotFound);
        if (drains && !All.Any(other => other != engine && other.IsServing))
            throw new SessionException(SessionError.Conflict, $"No other engine serves: the sessions of {name} would have nowhere to go. Start the server with --engines 2 or more, or put another engine back into service first.");
        engine.Drain(drains);
        return engine;
    }

    /// <summary>
    /// Has any engine answer somebody who waits: first the one that is preferred, then those that serve, then those that only drain. One that
    /// does not answer is left alone: if it hangs, its blocks will tell, and if they do not no stream need suffer.
    /// </summary>
    /// <exception cref="SessionException">None can.</exception>
    public async ValueTask<T> AskAsync<T>(HostedEngine? preferred, Func<IEngine, CancellationToken, ValueTask<T>> call, CancellationToken cancellation)
    {
        EngineLostException? lost = null;
        foreach (var engine in All.OrderByDescending(engine => engine == preferred).ThenByDescending(engine => engine.IsServing))
        {
            try
            {
                return await engine.Lease().CallAsync(call, cancellation, fences: false);
            }
            catch (EngineLostException e)
            {
                lost = e;
            }
        }

        throw new SessionException(SessionError.Overloaded, "No engine answers now. Try again in a minute.", lost);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var engine in All) await engine.DisposeAsync();
    }
}
