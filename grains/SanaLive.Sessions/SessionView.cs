using System.Collections.ObjectModel;
using SanaLive.Runtime.Engine;
using SanaLive.Sessions.Bookmarks;
using SanaLive.Sessions.Durability;

namespace SanaLive.Sessions;

/// <summary>Everything that a client may know of a session at one moment: the body of GET and of every event.</summary>
public sealed record SessionView
{
    public required string Id { get; init; }

    /// <summary>Counts up with every change; a client that is sent an older one drops it.</summary>
    public required long Version { get; init; }

    public required SessionStatus Status { get; init; }

    /// <summary>1 for the first in line; null when not queued.</summary>
    public int? QueuePosition { get; init; }

    /// <summary>Why, when <see cref="SessionStatus.Failed"/>.</summary>
    public string? Reason { get; init; }

    /// <summary>Number of the next block to be made.</summary>
    public required long Block { get; init; }

    public required ulong Seed { get; init; }

    /// <summary>The picture that the stream began with; null when it began without one.</summary>
    public StartView? Image { get; init; }

    /// <summary>The viewer's words now in force; after a cue of controls alone, what those said.</summary>
    public required string Prompt { get; init; }

    /// <summary>The whole description now in force, in the model's own words.</summary>
    public required string Meaning { get; init; }

    /// <summary>The value now in force of every control of the model; empty for a model without controls.</summary>
    public IReadOnlyDictionary<string, ControlValue> Controls { get; init; } = ReadOnlyDictionary<string, ControlValue>.Empty;

    public required IReadOnlyList<CueReceipt> Cues { get; init; }
    public required int Viewers { get; init; }
    public required long StateBytes { get; init; }
    public required string StatePolicy { get; init; }
    public required string Model { get; init; }
    public required string Engine { get; init; }
    public required int Width { get; init; }
    public required int Height { get; init; }
    public required int FramesPerSecond { get; init; }
    public required int FramesPerBlock { get; init; }
    public required DateTimeOffset Created { get; init; }

    /// <summary>Milliseconds of the last block by stage; null before the first.</summary>
    public StageMilliseconds? LastBlock { get; init; }

    /// <summary>Seconds that generation is ahead of the media clock now.</summary>
    public required double Lead { get; init; }

    /// <summary>Times that the media clock had to wait for a block since creation.</summary>
    public required long Stalls { get; init; }

    /// <summary>Whether the session would survive its server now; null when sessions are not kept.</summary>
    public DurabilityView? Durability { get; init; }

    /// <summary>A sentence for everybody who watches, for example that the server is being restarted; null when there is nothing to say.</summary>
    public string? Notice { get; init; }

    /// <summary>The moments that one can go back to; <see cref="ISessionHost.BookmarksAsync"/> lists them. Null for a host that takes none.</summary>
    public BookmarkSummary? Bookmarks { get; init; }

    /// <summary>The last time that the session went back to a bookmark, or is about to; null when it never did.</summary>
    public RewindView? Rewind { get; init; }

    /// <summary>What the session was forked from; null for one of its own.</summary>
    public SessionOrigin? Origin { get; init; }

    /// <summary>Sessions that were forked from this one and have not ended, the oldest first.</summary>
    public IReadOnlyList<ForkView> Forks { get; init; } = [];

    /// <summary>Another number whenever somewhere in the session's family of forks, up and down, one was made or has ended.</summary>
    public long Family { get; init; }
}
