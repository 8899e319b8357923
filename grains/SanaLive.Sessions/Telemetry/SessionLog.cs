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

    [LoggerMessage(9, LogLevel.Warning, "Session {Session} is not durable: what happens now would be lost with this server")]
    public static partial void NotDurable(this ILogger logger, Exception error, string session);

    [LoggerMessage(10, LogLevel.Information, "Session {Session} is durable again")]
    public static partial void DurableAgain(this ILogger logger, string session);

    [LoggerMessage(11, LogLevel.Warning, "Session {Session} has another owner and is let go here")]
    public static partial void Fenced(this ILogger logger, Exception error, string session);

    [LoggerMessage(12, LogLevel.Warning, "Session {Session} is closed, but what was kept of it could not be deleted")]
    public static partial void CannotDelete(this ILogger logger, Exception error, string session);

    [LoggerMessage(13, LogLevel.Information, "Session {Session} is back: it goes on with block {Block}, after block {Shown} was shown (epoch {Epoch})")]
    public static partial void Restored(this ILogger logger, string session, long block, long shown, long epoch);

    [LoggerMessage(14, LogLevel.Warning, "Session {Session}: the snapshot {File} cannot be used, an older one is tried. {Sentence}")]
    public static partial void BadSnapshot(this ILogger logger, string session, string file, string sentence);

    [LoggerMessage(15, LogLevel.Warning, "Session {Session}: {Sentence}")]
    public static partial void DamagedJournal(this ILogger logger, string session, string sentence);

    [LoggerMessage(16, LogLevel.Error, "Session {Session} could not be restored; what is kept of it stays where it is. {Sentence}")]
    public static partial void CannotRestore(this ILogger logger, string session, string sentence);

    [LoggerMessage(17, LogLevel.Error, "Session {Session}: block {Block} was made again and is not the one that was shown")]
    public static partial void MadeDifferently(this ILogger logger, string session, long block);

    [LoggerMessage(18, LogLevel.Information, "Session {Session} begins again from its seed")]
    public static partial void BeginsAgain(this ILogger logger, string session);

    [LoggerMessage(19, LogLevel.Information, "Session {Session} is a fork of session {Origin}, from block {Block} on")]
    public static partial void Forked(this ILogger logger, string session, string origin, long block);

    [LoggerMessage(20, LogLevel.Information, "Session {Session} goes back to bookmark {Bookmark} with block {Block}")]
    public static partial void Rewound(this ILogger logger, string session, string bookmark, long block);

    [LoggerMessage(21, LogLevel.Warning, "Session {Session}: a bookmark could not be kept, the next one may be")]
    public static partial void CannotBookmark(this ILogger logger, Exception error, string session);

    [LoggerMessage(22, LogLevel.Warning, "Session {Session}: a part of what it shows could not be recorded")]
    public static partial void CannotRecord(this ILogger logger, Exception error, string session);

    [LoggerMessage(40, LogLevel.Information, "Session {Session} goes from engine {From} to {To} before block {Block}: {Bytes} bytes, {Milliseconds:0.#} ms")]
    public static partial void Moved(this ILogger logger, string session, string from, string to, long block, int bytes, double milliseconds);

    [LoggerMessage(41, LogLevel.Warning, "Session {Session} could not be moved to engine {To} and stays where it is")]
    public static partial void CannotMove(this ILogger logger, Exception error, string session, string to);

    [LoggerMessage(42, LogLevel.Warning, "Session {Session} has lost engine {Engine} and goes on from block {Block}; blocks before {Shown} are not shown again")]
    public static partial void LostEngine(this ILogger logger, string session, string engine, long block, long shown);

    [LoggerMessage(43, LogLevel.Error, "Engine {Engine} is fenced off, its sessions go on elsewhere: {Reason} (epoch {Epoch})")]
    public static partial void EngineFenced(this ILogger logger, string engine, string reason, long epoch);

    [LoggerMessage(44, LogLevel.Warning, "Engine {Engine} is still fenced off; it is tried again in {Wait}")]
    public static partial void StillFenced(this ILogger logger, Exception? error, string engine, TimeSpan wait);

    [LoggerMessage(45, LogLevel.Information, "Engine {Engine} answers again and takes sessions (epoch {Epoch})")]
    public static partial void EngineBack(this ILogger logger, string engine, long epoch);

    [LoggerMessage(46, LogLevel.Warning, "Engine {Engine} answered a question of epoch {Epoch} too late: refused")]
    public static partial void LateAnswer(this ILogger logger, string engine, long epoch);

    [LoggerMessage(47, LogLevel.Information, "Engine {Engine} takes no more sessions; those that it has are being moved")]
    public static partial void Draining(this ILogger logger, string engine);

    [LoggerMessage(48, LogLevel.Information, "Engine {Engine} takes sessions again")]
    public static partial void ServesAgain(this ILogger logger, string engine);
}
