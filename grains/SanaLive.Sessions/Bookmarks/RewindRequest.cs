namespace SanaLive.Sessions.Bookmarks;

/// <summary>Asks a session to go on from a bookmark of its own.</summary>
public sealed record RewindRequest(string Bookmark);
