using SanaLive.Web.Hosting;
using SanaLive.Web.Whep;

namespace SanaLive.Web.Relay;

/// <summary>One relay for every session that somebody watches, and none for the others.</summary>
public sealed class RelayPool(Backend backend, TimeProvider time, ILogger<SessionRelay> logger) : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, SessionRelay> relays = [];
    private readonly HashSet<Task> ending = [];
    private readonly RelayCounters counters = new();
    private bool disposed;

    public RelayStatistics Statistics
    {
        get
        {
            lock (gate) return counters.Read(relays.Count);
        }
    }

    /// <summary>
    /// Watches the session for a viewer whose connection is being made, until <see cref="Join"/> or <see cref="Leave"/>: so the first block
    /// is made meanwhile.
    /// </summary>
    public void Expect(string session, IViewer viewer)
    {
        lock (gate)
        {
            if (!disposed) Open(session, relay => relay.TryExpect(viewer));
        }
    }

    /// <summary>Shows the session to a connected viewer until <see cref="Leave"/>, or closes it when the session ends.</summary>
    public void Join(string session, IViewer viewer)
    {
        lock (gate)
        {
            if (disposed)
            {
                viewer.Close();
                return;
            }

            Open(session, relay => relay.TryAdd(viewer));
        }

        viewer.KeyframeRequested += counters.KeyframeRequested;
    }

    /// <summary>Takes a viewer away; with the last one the watching ends at once, and with it the making of blocks.</summary>
    public void Leave(string session, IViewer viewer)
    {
        viewer.KeyframeRequested -= counters.KeyframeRequested;
        lock (gate)
        {
            if (!relays.TryGetValue(session, out var relay) || relay.Remove(viewer) > 0) return;
            relays.Remove(session);
            relay.Stop();
        }
    }

    /// <summary>Ends all relays; their viewers are left to the endpoint.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] last;
        lock (gate)
        {
            disposed = true;
            foreach (var relay in relays.Values) relay.Stop();
            relays.Clear();
            last = [.. ending];
        }

        await Task.WhenAll(last);
    }

    private void Open(string session, Func<SessionRelay, bool> take)
    {
        if (relays.TryGetValue(session, out var relay) && take(relay)) return;
        // A relay whose session has just ended takes nobody: a new one finds out what became of the session.
        relay = new SessionRelay(session, backend.Sessions, counters, time, logger);
        relays[session] = relay;
        take(relay);
        Follow(session, relay);
    }

    private void Follow(string session, SessionRelay relay)
    {
        var end = relay.RunAsync();
        ending.Add(end);
        _ = end.ContinueWith(
            task =>
            {
                lock (gate)
                {
                    ending.Remove(task);
                    if (relays.GetValueOrDefault(session) == relay) relays.Remove(session);
                }
            },
            TaskScheduler.Default);
    }
}
