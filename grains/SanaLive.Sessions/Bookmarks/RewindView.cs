namespace SanaLive.Sessions.Bookmarks;

/// <summary>
/// A session's last going back. Its blocks and its media time are counted on: <paramref name="Block"/> is the first that shows what
/// <paramref name="From"/> showed, or would have.
/// </summary>
/// <param name="Bookmark">What it went back to; the bookmark itself may be gone by now.</param>
/// <param name="Name">Of the bookmark; null for one that was taken unasked.</param>
/// <param name="Block">The first block after it: a block that was not being made when it was asked for.</param>
/// <param name="From">The bookmark's block.</param>
public sealed record RewindView(string Bookmark, string? Name, long Block, long From);
