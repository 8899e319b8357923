using System.Collections.Concurrent;
using SanaLive.Web.Relay;

namespace SanaLive.Web.Whep;

/// <summary>Everybody who has made an offer and is not gone, and what has been sent to all of them since the start.</summary>
public sealed class Viewers(RelayPool relays, TimeProvider time)
{
    /// <summary>Who has not connected by then gets nothing made any more: an offer alone must cost little.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, Entry> entries = [];
    private readonly Lock gate = new();
    private ViewerTotals gone = new();

    /// <summary>Viewers whose connection is up.</summary>
    public int Connected => entries.Values.Count(entry => entry.Viewer.Connected is { IsCompletedSuccessfully: true, Result: true });

    /// <summary>Sums over all viewers, those who left included.</summary>
    public ViewerTotals Totals
    {
        get
        {
            lock (gate)
            {
                return entries.Values.Aggregate(gone, (sum, entry) => sum + entry.Viewer.Statistics) with
                {
                    Offers = gone.Offers + entries.Count,
                };
            }
        }
    }

    /// <summary>
    /// Takes a viewer in: it is shown the session from when it is connected until it is gone. The session is watched from its offer on, so
    /// that a new one makes its first block while the connection is made.
    /// </summary>
    public void Add(string session, IViewer viewer)
    {
        entries[viewer.Id] = new Entry(session, viewer);
        _ = FollowAsync(session, viewer);
    }

    /// <summary>False when the session has no such viewer.</summary>
    public bool Close(string session, string viewer)
    {
        if (!entries.TryGetValue(viewer, out var entry) || entry.Session != session) return false;
        entry.Viewer.Close();
        return true;
    }

    private async Task FollowAsync(string session, IViewer viewer)
    {
        relays.Expect(session, viewer);
        bool connected;
        using (var late = new CancellationTokenSource(Patience, time))
        await using (late.Token.Register(() => relays.Leave(session, viewer)))
            connected = await viewer.Connected;
        if (connected)
        {
            relays.Join(session, viewer);
            await viewer.Closed;
        }

        relays.Leave(session, viewer);

        lock (gate)
        {
            if (entries.TryRemove(viewer.Id, out _)) gone = (gone + viewer.Statistics) with { Offers = gone.Offers + 1 };
        }
    }

    private sealed record Entry(string Session, IViewer Viewer);
}
