using SanaLive.Runtime.Engine;
using SanaLive.Sessions.Telemetry;

namespace SanaLive.Sessions.Admission;

/// <summary>
/// Gives engines' places to sessions that are watched, or were created without room: as many as an engine was measured to make in time, less a reserve; the others stand
/// in line, first come first served. Every method may be called from any thread and from under a session's lock: it calls nobody back but
/// through <see cref="Ticket.Changed"/>, which must only set a signal.
/// </summary>
/// <param name="engines">All run the same model.</param>
/// <param name="options">Reserve, length of the line.</param>
internal sealed class AdmissionLine(IReadOnlyList<IEngine> engines, SessionOptions options)
{
    private readonly Lock _gate = new();
    private readonly List<Ticket> _waiting = [];
    private readonly Dictionary<IEngine, int> _taken = engines.ToDictionary(e => e, _ => 0);

    public int Capacity => engines.Sum(Places);

    public int Active
    {
        get { lock (_gate) return _taken.Values.Sum(); }
    }

    public int Waiting
    {
        get { lock (_gate) return _waiting.Count; }
    }

    /// <summary>Streams that have a place on an engine; 1 at least, for whoever asks has a block made there.</summary>
    public int Sharing(IEngine engine)
    {
        lock (_gate) return Math.Max(1, _taken[engine]);
    }

    /// <summary>True when one more applicant would be refused.</summary>
    public bool IsFull
    {
        get { lock (_gate) return _waiting.Count >= options.QueueLength && engines.All(e => _taken[e] >= Places(e)); }
    }

    /// <summary>A place, or a position in line.</summary>
    /// <param name="bound">The engine that holds the session's state; null for any.</param>
    /// <param name="changed">Sets a signal when the ticket's position or engine has changed.</param>
    /// <param name="force">Never refused, however long the line.</param>
    /// <exception cref="SessionException"><see cref="SessionError.Overloaded"/>: the line is full.</exception>
    public Ticket Apply(IEngine? bound, Action changed, bool force = false)
    {
        lock (_gate)
        {
            var ticket = new Ticket(bound, changed);
            _waiting.Add(ticket);
            SessionTelemetry.QueuedCount.Add(1);
            Advance();
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
        lock (_gate) return _waiting.Count == 0 && engines.Any(e => _taken[e] < Places(e)) ? null : Apply(null, changed);
    }

    /// <summary>Gives the place, or the position in line, to others.</summary>
    public void Return(Ticket ticket)
    {
        lock (_gate)
        {
            if (ticket.Engine is { } engine)
            {
                _taken[engine]--;
                SessionTelemetry.ActiveCount.Add(-1);
            }
            else if (_waiting.Remove(ticket)) SessionTelemetry.QueuedCount.Add(-1);
            else return;

            ticket.Engine = null;
            ticket.Position = null;
            Advance();
        }
    }

    public static SessionException Full(int waiting) => new(
        SessionError.Overloaded, $"This server makes as many streams as it can, and {waiting} more wait already. Try again in a minute.");

    /// <summary>One stream's real-time factor is how many streams an engine can make; one is always tried.</summary>
    private int Places(IEngine engine) => options.SessionsPerEngine
        ?? Math.Max(1, (int)(engine.MeasuredBlocksPerSecond * engine.Model.BlockDuration.TotalSeconds * (1 - options.Reserve)));

    private void Advance()
    {
        for (var i = 0; i < _waiting.Count;)
        {
            var ticket = _waiting[i];
            var engine = engines.Where(e => (ticket.Bound ?? e) == e && _taken[e] < Places(e)).MaxBy(e => Places(e) - _taken[e]);
            if (engine is null)
            {
                i++;
                continue;
            }

            _waiting.RemoveAt(i);
            _taken[engine]++;
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
