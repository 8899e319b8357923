using System.Globalization;
using System.Text.Json.Serialization;
using SanaLive.Sessions.Durability;

namespace SanaLive.Sessions.Bookmarks;

/// <summary>A moment of a session that can be gone back to, as its journal tells of it: at the border before <see cref="Block"/>.</summary>
public sealed record Bookmark
{
    /// <summary>Counts up within the session, and is never given twice.</summary>
    public required long Number { get; init; }

    /// <summary>Given by whoever asked for it; null for one that was taken unasked.</summary>
    public string? Name { get; init; }

    /// <summary>The block that was made next.</summary>
    public required long Block { get; init; }

    /// <summary>Of that block's first frame; null in what an older version wrote, whose blocks all lasted alike.</summary>
    public TimeSpan? MediaTime { get; init; }

    public required DateTimeOffset Taken { get; init; }

    /// <summary>The viewer's words that were in force.</summary>
    public required string Prompt { get; init; }

    /// <summary>The whole description that was in force, in the model's own words.</summary>
    public required string Meaning { get; init; }

    /// <summary>Room that it takes, its picture included.</summary>
    public required long Bytes { get; init; }

    /// <summary>A WebP file of the keyframe that was shown before it; empty before the first block.</summary>
    public required byte[] Picture { get; init; }

    /// <summary>Where its state is; null while sessions are not kept.</summary>
    public SnapshotName? Snapshot { get; init; }

    /// <summary>Its state, where sessions are not kept.</summary>
    [JsonIgnore]
    public Snapshot? Held { get; init; }

    [JsonIgnore]
    public string Id => NameOf(Number);

    public static string NameOf(long number) => string.Create(CultureInfo.InvariantCulture, $"b{number}");
}
