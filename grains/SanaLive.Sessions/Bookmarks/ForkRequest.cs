namespace SanaLive.Sessions.Bookmarks;

/// <summary>Asks for a new session that goes on from a moment of another.</summary>
/// <param name="Bookmark">Of the other session; null for this moment.</param>
/// <param name="Prompt">A cue for the new session's first block, 1 to 2,000 characters; null changes nothing: the same blocks come out.</param>
public sealed record ForkRequest(string? Bookmark = null, string? Prompt = null);
