using Microsoft.Extensions.Logging;

namespace SanaLive.Sessions.Telemetry;

/// <summary>What sessions write to the log. A session is named by the first characters of its id: whoever knows all of it may watch.</summary>
internal static partial class SessionLog
{
    [LoggerMessage(1, LogLevel.Information, "Session {Session} created, seed {Seed}")]
    public static partial void Created(this ILogger logger, string session, ulong seed);

    [LoggerMessage(2, LogLevel.Information, "Session {Session} streams on {Engine} from block {Block}")]
    public static partial void Streams(this ILogger logger, string session, string engine, long block);

    [LoggerMessage(3, LogLevel.Information, "Session {Session} rests before block {Block}")]
    public static partial void Rests(this ILogger logger, string session, long block);

    [LoggerMessage(4, LogLevel.Information, "Session {Session}: cue {Cue} accepted for block {Block}")]
    public static partial void CueAccepted(this ILogger logger, string session, string cue, long block);

    [LoggerMessage(5, LogLevel.Warning, "Session {Session}: block {Block} stalled the stream ({Stalls} stalls so far)")]
    public static partial void Stalled(this ILogger logger, string session, long block, long stalls);

    [LoggerMessage(6, LogLevel.Warning, "Session {Session}: block {Block} failed, attempt {Attempt} follows")]
    public static partial void Retrying(this ILogger logger, Exception? error, string session, long block, int attempt);

    [LoggerMessage(7, LogLevel.Error, "Session {Session} failed at block {Block}")]
    public static partial void Failed(this ILogger logger, Exception error, string session, long block);

    [LoggerMessage(8, LogLevel.Information, "Session {Session} closed after {Blocks} blocks")]
    public static partial void Closed(this ILogger logger, string session, long blocks);
}
