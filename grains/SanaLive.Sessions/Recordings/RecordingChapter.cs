namespace SanaLive.Sessions.Recordings;

/// <summary>Something that the schedule said, and the media time from which on it was seen.</summary>
public sealed record RecordingChapter(TimeSpan MediaTime, string Title);
