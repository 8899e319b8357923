namespace SanaLive.Sessions.Bookmarks;

/// <summary>What a session's view says of its bookmarks: when it is another, the list is.</summary>
/// <param name="Count">How many there are.</param>
/// <param name="Newest">The id that was given last; null before the first.</param>
/// <param name="Bytes">Room that they take.</param>
/// <param name="Budget">Room that they may take.</param>
/// <param name="Interval">Media time between two that are taken unasked; null when there is no room for any.</param>
public sealed record BookmarkSummary(int Count, string? Newest, long Bytes, long Budget, TimeSpan? Interval);
