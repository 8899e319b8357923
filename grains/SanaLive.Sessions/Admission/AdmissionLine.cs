using SanaLive.Sessions.Engines;
using SanaLive.Sessions.Telemetry;

namespace SanaLive.Sessions.Admission;

/// <summary>
/// Gives engines' places to sessions that are watched, or were created without room: as many as an engine was measured to make in time, less a reserve; the others stand
/// in line, first come first served. Every method may be called from any thread and from under a session's lock: it calls nobody back but
/// through <see cref="Ticket.Changed"/>, which must only set a signal.
/// </summary>
/// <param name="engines">All run the same model.</param>
/// <param name="options">Length of the line.</param>
internal sealed class AdmissionLine(IReadOnlyList<HostedEngine> engines, SessionOptions options)
{
    private readonly Lock _gate = new();
    private readonly List<Ticket> _waiting = [];
    private int _firstElsewhere = int.MaxValue; // of those who wait on other hosts, by their place in the line of all

    public int Capacity => engines.Where(e => e.IsServing).Sum(e => e.Places);

    public int Active
    {
        get { lock (_gate) return engines.Sum(e => e.Taken); }
    }

    public int Waiting
    {
        get { lock (_gate) return _waiting.Count; }
    }

    /// <summary>Streams that have a place on an engine; 1 at least, for whoever asks has a block made there.</summary>
    public int Sharing(HostedEngine engine)
    {
        lock (_gate) return Math.Max(1, engine.Taken);
    }

    /// <summary>True when one more applicant would be refused.</summary>
    public bool IsFull
    {
        get { lock (_gate) return _waiting.Count >= options.QueueLength && !engines.Any(HasRoom); }
    }

    /// <summary>A place, or a position in line.</summary>
    /// <param name="preferred">The engine that holds the session's stream; null for any.</param>
    /// <param name="changed">Sets a signal when the ticket's position or engine has changed.</param>
    /// <param name="force">Never refused, however long the line.</param>
    /// <param name="first">Before all others: for a stream that runs already.</param>
    /// <exception cref="SessionException"><see cref="SessionError.Overloaded"/>: the line is full.</exception>
    public Ticket Apply(HostedEngine? preferred, Action changed, bool force = false, bool first = false)
    {
        lock (_gate)
        {
            var ticket = new Ticket(preferred, changed) { IsFirst = first };
            _waiting.Insert(first ? 0 : _waiting.Count, ticket);
            SessionTelemetry.QueuedCount.Add(1);
            Grant();
            if (!force && ticket.Engine is null && _waiting.Count > options.QueueLength)
            {
                _waiting.Remove(ticket);
                SessionTelemetry.QueuedCount.Add(-1);
                throw Full(_waiting.Count);
            }

            return ticket;
        }
    }

    /// <summary>A position in line for a session that there is no room for now; null when there is room.</summary>
    /// <param name="changed">Sets a signal when the ticket's position or engine has changed.</param>
    /// <exception cref="SessionException"><see cref="SessionError.Overloaded"/>: the line is full.</exception>
    public Ticket? Claim(Action changed)
    {
        lock (_gate) return _waiting.Count == 0 && engines.Any(HasRoom) ? null : Apply(null, changed);
    }

    /// <summary>Gives the place, or the position in line, to others.</summary>
    public void Return(Ticket ticket)
    {
        lock (_gate)
        {
            if (ticket.Engine is { } engine)
            {
                engine.Taken--;
                SessionTelemetry.ActiveCount.Add(-1);
            }
            else if (_waiting.Remove(ticket)) SessionTelemetry.QueuedCount.Add(-1);
            else return;

            ticket.Engine = null;
            ticket.Position = null;
            Grant();
        }
    }

    /// <summary>A place on one engine, now; null when it has none. Nobody who waits is passed by: there would be no room if somebody did.</summary>
    public Ticket? TryTake(HostedEngine engine, Action changed)
    {
        lock (_gate)
        {
            if (!HasRoom(engine)) return null;
            var ticket = new Ticket(engine, changed) { Engine = engine };
            engine.Taken++;
            SessionTelemetry.ActiveCount.Add(1);
            return ticket;
        }
    }

    /// <summary>In a line of several hosts: who waits here after somebody who waits elsewhere lets that one go first.</summary>
    /// <param name="position">Of the first who waits elsewhere; <see cref="int.MaxValue"/>: nobody does.</param>
    public void LetGoFirst(int position)
    {
        lock (_gate)
        {
            _firstElsewhere = position;
            Grant();
        }
    }

    /// <summary>An engine takes sessions again: whoever waits may have a place now.</summary>
    public void Advance()
    {
        lock (_gate) Grant();
    }

    public static SessionException Full(int waiting) => new(
        SessionError.Overloaded, $"This server makes as many streams as it can, and {waiting} more wait already. Try again in a minute.");

    private static bool HasRoom(HostedEngine engine) => engine.IsServing && engine.Taken < engine.Places;

    /// <summary>A stream that runs already goes on before anybody begins.</summary>
    private bool MayGo(Ticket ticket) => ticket.IsFirst || _firstElsewhere == int.MaxValue || ticket.Rank < _firstElsewhere;

    private void Grant()
    {
        // Those that have come from another host stand behind, and may be before all others.
        if (_waiting.Exists(ticket => ticket.Rank is not null))
        {
            var order = _waiting.OrderBy(ticket => ticket.IsFirst ? 0 : ticket.Rank ?? int.MaxValue).ToList();
            _waiting.Clear();
            _waiting.AddRange(order);
        }

        for (var i = 0; i < _waiting.Count;)
        {
            var ticket = _waiting[i];
            if (!MayGo(ticket))
            {
                i++;
                continue;
            }

            // A stream can be carried anywhere, but where it is it costs nothing.
            var engine = ticket.Preferred is { } home && HasRoom(home) ? home : engines.Where(HasRoom).MaxBy(e => e.Places - e.Taken);
            if (engine is null)
            {
                i++;
                continue;
            }

            _waiting.RemoveAt(i);
            engine.Taken++;
            SessionTelemetry.QueuedCount.Add(-1);
            SessionTelemetry.ActiveCount.Add(1);
            ticket.Engine = engine;
            ticket.Position = null;
            ticket.Changed();
        }

        for (var i = 0; i < _waiting.Count; i++)
        {
            if (_waiting[i].Position == i + 1) continue;
            _waiting[i].Position = i + 1;
            _waiting[i].Changed();
        }
    }
}
