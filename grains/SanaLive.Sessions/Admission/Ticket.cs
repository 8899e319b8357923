using SanaLive.Runtime.Engine;

namespace SanaLive.Sessions.Admission;

/// <summary>A session's claim to an engine's place: granted, or waiting at a position. Written by the <see cref="AdmissionLine"/> alone.</summary>
/// <param name="bound">The engine that it must be; null for any.</param>
/// <param name="changed">Called when something changed; only sets a signal.</param>
internal sealed class Ticket(IEngine? bound, Action changed)
{
    private volatile IEngine? _engine;
    private volatile int _position;

    public IEngine? Bound => bound;

    public Action Changed => changed;

    /// <summary>The engine whose place this is; null while waiting.</summary>
    public IEngine? Engine
    {
        get => _engine;
        set => _engine = value;
    }

    /// <summary>1 for the first in line; null when granted or returned.</summary>
    public int? Position
    {
        get => _position is var p and > 0 ? p : null;
        set => _position = value ?? 0;
    }
}
