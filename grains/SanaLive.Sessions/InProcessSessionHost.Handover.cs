using SanaLive.Sessions.Durability;
using SanaLive.Sessions.Handover;
using SanaLive.Sessions.Telemetry;

namespace SanaLive.Sessions;

/// <content>For whoever runs several hosts on one store: sessions come from other hosts and go to them.</content>
public sealed partial class InProcessSessionHost
{
    /// <summary>Told of every session that has ended here, but not of those that were handed over. From any thread; who listens returns at once.</summary>
    public event Action<SessionEnd>? Ended;

    /// <summary>Cannot be guessed: whoever knows it may watch.</summary>
    public static string NewId() => SessionSecrets.NewId();

    /// <summary>Whether the session is here.</summary>
    public bool Holds(string id) => _sessions.ContainsKey(id);

    /// <summary>Sessions that wait for a place here, the first in line first.</summary>
    public IReadOnlyList<string> Waiting =>
        [.. _sessions.Values.Select(session => (session.Id, session.Position)).Where(one => one.Position is not null).OrderBy(one => one.Position).Select(one => one.Id)];

    /// <summary>Takes a session over from its store: whoever owned it before can write no more.</summary>
    /// <param name="id">The session.</param>
    /// <param name="before">What the owner before handed over; null when it did not.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Whether it is here now; false: there is no such session.</returns>
    /// <exception cref="SessionException"><see cref="SessionError.Failed"/>: what is kept of it cannot be used.</exception>
    /// <exception cref="IOException">The store cannot be read.</exception>
    public async Task<bool> OpenAsync(string id, SessionHandover? before, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Holds(id)) return true;
        var store = _store ?? throw new InvalidOperationException("Sessions can only be taken over where they are kept.");
        try
        {
            if (!await store.HasAsync(id, cancellation)) return false;
            var stored = await store.OpenAsync(id, cancellation);
            if (await SessionRestore.ReadAsync(stored, id, Model, _around.Log, cancellation, before) is not { } past)
            {
                await stored.DeleteAsync();
                return false;
            }

            _sessions[id] = new Session(past, stored, _around);
            return true;
        }
        catch (StoreException e)
        {
            _around.Log.CannotRestore(id[..Math.Min(6, id.Length)], e.Message);
            throw new SessionException(SessionError.Failed, $"What is kept of this session cannot be used. {e.Message}", e);
        }
    }

    /// <summary>Finishes the session's block under way, keeps the session, and lets it go to another host.</summary>
    /// <returns>For that host; null when the session is not here or has ended.</returns>
    public async Task<SessionHandover?> HandOverAsync(string id)
    {
        if (!_sessions.TryGetValue(id, out var session)) return null;
        var handover = await session.HandOverAsync();
        _sessions.TryRemove(new(id, session));
        return handover;
    }

    /// <summary>Tells those that wait here where they stand in the line of all hosts.</summary>
    /// <param name="positions">By session, from 1.</param>
    /// <param name="firstElsewhere">Of the first who waits on another host: until that one has gone, nobody behind it gets a place here. <see cref="int.MaxValue"/>: nobody waits elsewhere.</param>
    public void StandInLine(IReadOnlyDictionary<string, int> positions, int firstElsewhere)
    {
        foreach (var (id, position) in positions) _sessions.GetValueOrDefault(id)?.StandAt(position);
        _around.Line.LetGoFirst(firstElsewhere);
    }

    /// <summary>Like <see cref="DrainAsync"/>, also for the last engine: whoever asks brings its sessions to another host.</summary>
    public void DrainAll(bool drains)
    {
        foreach (var engine in _around.Engines.All) engine.Drain(drains);
    }

    private static SessionException Elsewhere() => new(SessionError.Conflict, "Another server owns this session now. Send this again.");
}
