namespace SanaLive.Sessions;

/// <summary>A block that was made, for whoever checks that the same is made again.</summary>
/// <param name="Epoch">Of the session's owner.</param>
/// <param name="Number">Of the block.</param>
/// <param name="StreamBlock">The stream's own number of it, which a <see cref="Replay.ScheduleExport"/> counts by: smaller in a session that went back.</param>
/// <param name="Hash">SHA-256 of the decoded frames before encoding, in hexadecimal.</param>
public sealed record MadeBlock(long Epoch, long Number, long StreamBlock, string Hash);
