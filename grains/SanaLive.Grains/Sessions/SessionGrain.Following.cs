using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace SanaLive.Grains.Sessions;

/// <content>Viewers, readers of events and of recordings. An enumeration ends at once when the session leaves: it would hold the leaving up.</content>
public sealed partial class SessionGrain
{
    public async IAsyncEnumerable<WatchItem> WatchAsync(long? fromBlock, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var host = Host;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _leaving.Token);
        await foreach (var block in SignsOfLife.Among(host.WatchAsync(Id, fromBlock, ending.Token), silo.Timings.Heartbeat, time, ending, _leaving.Token))
        {
            var now = time.GetUtcNow();
            yield return block is null ? new WatchItem { Kind = WatchKind.Heartbeat, Sent = now } : WatchItem.Of(block, now);
        }

        if (IsLeaving) yield return new WatchItem { Kind = WatchKind.Moved, Sent = time.GetUtcNow() };
    }

    public async IAsyncEnumerable<FollowedView> EventsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var host = Host;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _leaving.Token);
        await foreach (var view in SignsOfLife.Among(host.EventsAsync(Id, ending.Token), silo.Timings.Heartbeat, time, ending, _leaving.Token))
            yield return new FollowedView(view);
        if (IsLeaving) yield return new FollowedView(null, Moved: true);
    }

    public async IAsyncEnumerable<RecordingPart> RecordingAsync(TimeSpan? from, TimeSpan? to, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var cut = await AskAsync(host => host.RecordingAsync(Id, from, to, cancellation));
        var head = new RecordingPart(cut.From, cut.To, cut.FramesPerSecond, cut.Length, []);
        yield return head;
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 1 << 20, resumeWriterThreshold: 1 << 19));
        var writing = Outside(async () =>
        {
            Exception? failure = null;
            try
            {
                await using var stream = pipe.Writer.AsStream(leaveOpen: true);
                await cut.WriteAsync(stream, cancellation);
            }
            catch (Exception e)
            {
                failure = e;
            }

            // Whoever reads is told.
            await pipe.Writer.CompleteAsync(failure);
            return true;
        });
        try
        {
            while (true)
            {
                var read = await pipe.Reader.ReadAsync(cancellation);
                if (read.Buffer.Length > 0)
                {
                    yield return head with { Bytes = System.Buffers.BuffersExtensions.ToArray(read.Buffer) };
                    pipe.Reader.AdvanceTo(read.Buffer.End);
                }

                if (read.IsCompleted) yield break;
            }
        }
        finally
        {
            await pipe.Reader.CompleteAsync();
            await writing;
        }
    }

    private bool IsLeaving => _leaving.IsCancellationRequested;
}
