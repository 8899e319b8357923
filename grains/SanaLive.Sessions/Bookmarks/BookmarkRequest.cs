namespace SanaLive.Sessions.Bookmarks;

/// <summary>Asks for a bookmark of this moment.</summary>
/// <param name="Name">1 to 80 characters.</param>
public sealed record BookmarkRequest(string Name);
