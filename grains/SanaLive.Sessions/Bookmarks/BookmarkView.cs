namespace SanaLive.Sessions.Bookmarks;

/// <summary>A bookmark as clients see it.</summary>
/// <param name="Id">Within its session.</param>
/// <param name="Name">Null for one that was taken unasked; those go when they are too old, or when there is no room.</param>
/// <param name="Block">The block that was made next.</param>
/// <param name="MediaTime">Of that block's first frame.</param>
/// <param name="Taken">When.</param>
/// <param name="Prompt">The viewer's words that were in force.</param>
/// <param name="Meaning">The whole description that was in force, in the model's own words.</param>
/// <param name="Bytes">Room that it takes.</param>
/// <param name="HasPicture">Whether there is a picture of it: not before the first block.</param>
public sealed record BookmarkView(
    string Id, string? Name, long Block, TimeSpan MediaTime, DateTimeOffset Taken, string Prompt, string Meaning, long Bytes, bool HasPicture);
