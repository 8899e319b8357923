using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using SanaLive.Grains.Telemetry;
using SanaLive.Sessions;

namespace SanaLive.Grains.Sessions;

/// <content>
/// Viewers and readers of events, from silo to silo: an enumeration that ends because the session moves, or because its silo is gone or silent,
/// is begun anew from the next block. What an older owner still sends is dropped.
/// </content>
public sealed partial class OrleansSessionHost
{
    private static readonly TimeSpan ShortPause = TimeSpan.FromMilliseconds(50);

    /// <summary>Silo and web server are taken to have the same time when they differ by less: the network's delay is part of what is measured.</summary>
    private static readonly TimeSpan SameTime = TimeSpan.FromMilliseconds(100);

    public async IAsyncEnumerable<EncodedBlock> WatchAsync(string id, long? fromBlock, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var (next, epoch, resumes) = (fromBlock, long.MinValue, false);
        while (true)
        {
            var watch = new Following<WatchItem>(stop => Grain(id).WatchAsync(next, stop), timings.Silence, time, cancellation);
            await using (watch)
            {
                TimeSpan? ahead = null;
                while (await watch.NextAsync() is { } item)
                {
                    if (item.Kind == WatchKind.Moved) break;
                    var delay = time.GetUtcNow() - item.Sent;
                    if (ahead is null || delay < ahead) ahead = delay;
                    if (item.Kind != WatchKind.Block || item.Epoch < epoch || item.Number < next) continue;
                    (epoch, next) = (item.Epoch, item.Number + 1);
                    yield return item.ToBlock(ahead.Value.Duration() < SameTime ? TimeSpan.Zero : ahead.Value);
                }
            }

            if (await IsOverAsync(watch.End, resumes, id, next, cancellation)) yield break;
            resumes = true;
        }
    }

    public async IAsyncEnumerable<SessionView> EventsAsync(string id, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var (seen, resumes) = (-1L, false);
        while (true)
        {
            var events = new Following<FollowedView>(stop => Grain(id).EventsAsync(stop), timings.Silence, time, cancellation);
            await using (events)
            {
                while (await events.NextAsync() is { } item)
                {
                    if (item.Moved) break;
                    if (item.View is not { } view || view.Version <= seen) continue;
                    seen = view.Version;
                    yield return view;
                    if (view.Status == SessionStatus.Closed) yield break;
                }
            }

            if (await IsOverAsync(events.End, resumes, id, null, cancellation)) yield break;
            resumes = true;
        }
    }

    public async Task ReportViewersAsync(string id, string relay, int viewers, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(viewers);
        await _calls.AgainAsync(
            async _ =>
            {
                await Grain(id).ReportViewersAsync(relay, viewers);
                return true;
            },
            cancellation);
    }

    /// <summary>Whether an enumeration that has ended is not to be begun anew; waits a little if it is.</summary>
    /// <exception cref="SessionException">The session refuses.</exception>
    private async Task<bool> IsOverAsync(FollowingEnd end, bool resumes, string id, long? next, CancellationToken cancellation)
    {
        switch (end.Error)
        {
            case null when end.IsDone:
                return true;
            case SessionException { Error: SessionError.NotFound } when resumes:
                // It was closed between two looks.
                return true;
            case SessionException refusal:
                throw refusal;
            case { } error when !Calls.IsInterruption(error):
                throw error;
        }

        GrainTelemetry.ResumeCount.Add(1);
        if (end.Error is not null and not SessionElsewhereException) LogLooksAgain(GrainTelemetry.Tag(id), next, end.Error.Message);
        await Task.Delay(end.Error is null or SessionElsewhereException ? ShortPause / 5 : ShortPause, time, cancellation);
        return false;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {Session} was lost from sight before block {Block} and is looked for again: {Reason}")]
    private partial void LogLooksAgain(string session, long? block, string reason);
}
