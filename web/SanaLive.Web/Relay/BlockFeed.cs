using System.Runtime.CompilerServices;
using SanaLive.Sessions;

namespace SanaLive.Web.Relay;

/// <summary>
/// A session's blocks without a break: watches again from the next block when the host breaks off, and drops what an older
/// owner of the session still sends.
/// </summary>
internal sealed partial class BlockFeed(
    string session, ISessionHost host, RelayCounters counters, TimeProvider time, ILogger logger)
{
    /// <summary>What the log calls the session: whoever knows the whole id may watch.</summary>
    private readonly string tag = Tag(session);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private long epoch = long.MinValue;
    private long? next;

    /// <summary>Ends when the session is closed or unknown, or has failed: it will never make a block again.</summary>
    public async IAsyncEnumerable<EncodedBlock> ReadAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var pause = FirstPause;
        while (true)
        {
            Exception broken;
            await using (var watch = WatchAsync(cancellation).GetAsyncEnumerator(cancellation))
            {
                while (true)
                {
                    try
                    {
                        if (!await watch.MoveNextAsync()) yield break;
                    }
                    catch (SessionException e) when (e.Error is SessionError.NotFound or SessionError.Failed)
                    {
                        yield break;
                    }
                    catch (Exception e) when (!cancellation.IsCancellationRequested)
                    {
                        broken = e;
                        break;
                    }

                    pause = FirstPause;
                    if (IsNew(watch.Current)) yield return watch.Current;
                }
            }

            counters.WatchBroken();
            if (broken is SessionException refusal) LogRefused(tag, refusal.Message, pause);
            else LogBroken(broken, tag, next, pause);
            await Task.Delay(pause, time, cancellation);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <summary>Puts what a host refuses before the first block where what it refuses later is.</summary>
    private async IAsyncEnumerable<EncodedBlock> WatchAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var block in host.WatchAsync(session, next, cancellation)) yield return block;
    }

    public static string Tag(string session) => session[..Math.Min(6, session.Length)];

    private bool IsNew(EncodedBlock block)
    {
        if (block.Epoch < epoch || block.Number < next) return false;
        epoch = block.Epoch;
        next = block.Number + 1;
        return true;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Session {Session} cannot be watched now; trying again in {Pause}. {Sentence}")]
    private partial void LogRefused(string session, string sentence, TimeSpan pause);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Watching session {Session} broke off before block {Block}; trying again in {Pause}")]
    private partial void LogBroken(Exception exception, string session, long? block, TimeSpan pause);
}
