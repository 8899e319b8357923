using SanaLive.Sessions.Engines;

namespace SanaLive.Sessions.Admission;

/// <summary>A session's claim to an engine's place: granted, or waiting at a position. Written by the <see cref="AdmissionLine"/> alone.</summary>
/// <param name="preferred">The engine that holds the session's stream; null for any.</param>
/// <param name="changed">Called when something changed; only sets a signal.</param>
internal sealed class Ticket(HostedEngine? preferred, Action changed)
{
    private volatile HostedEngine? _engine;
    private volatile int _position;

    public HostedEngine? Preferred => preferred;

    public Action Changed => changed;

    /// <summary>Goes before all others.</summary>
    public bool IsFirst { get; init; }

    /// <summary>Its position in the line of several hosts; null: not known, or there is one host.</summary>
    public int? Rank { get; set; }

    /// <summary>The engine whose place this is; null while waiting.</summary>
    public HostedEngine? Engine
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
