namespace SanaLive.Sessions.Bookmarks;

/// <summary>A session that was forked from this one.</summary>
/// <param name="Session">Its id.</param>
/// <param name="Block">The first block of its own.</param>
public sealed record ForkView(string Session, long Block);
