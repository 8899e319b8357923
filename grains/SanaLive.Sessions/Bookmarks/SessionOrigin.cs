namespace SanaLive.Sessions.Bookmarks;

/// <summary>Where a forked session comes from.</summary>
/// <param name="Session">The session that it was forked from; it may have ended.</param>
/// <param name="Block">The first block of its own.</param>
/// <param name="Bookmark">The other session's bookmark; null when it was forked from what was on then.</param>
public sealed record SessionOrigin(string Session, long Block, string? Bookmark);
