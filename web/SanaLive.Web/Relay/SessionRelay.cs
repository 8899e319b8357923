using System.Threading.Channels;
using SanaLive.Sessions;
using SanaLive.Web.Whep;

namespace SanaLive.Web.Relay;

/// <summary>
/// Plays one session to its viewers: takes blocks as soon as they are made, and sends each frame to everybody when it is due.
/// </summary>
/// <remarks>
/// A viewer who joins gets the current block from its keyframe up to now at once and goes on with the others. Sending never
/// waits for a viewer, and a viewer who asks for a keyframe waits for the next block: nobody else pays for either.
/// </remarks>
public sealed partial class SessionRelay
{
    /// <summary>More blocks than any lead allows; if a host sends them all the same, the oldest go.</summary>
    private const int MostBlocksAhead = 32;

    private readonly string session;
    private readonly ISessionHost host;
    private readonly RelayCounters counters;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly CancellationTokenSource stop = new();
    private readonly Channel<EncodedBlock> ahead;
    private readonly ViewerReports reports;
    private readonly Lock gate = new();
    private readonly List<IViewer> viewers = [];
    private readonly List<IViewer> expected = [];
    private EncodedBlock? current;
    private int framesSent;
    private bool over;

    internal SessionRelay(
        string session, ISessionHost host, RelayCounters counters, TimeProvider time, ILogger logger)
    {
        this.session = session;
        this.host = host;
        this.counters = counters;
        this.time = time;
        this.logger = logger;
        reports = new ViewerReports(session, host, logger);
        ahead = Channel.CreateBounded<EncodedBlock>(
            new BoundedChannelOptions(MostBlocksAhead) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
            dropped => counters.FramesGivenUp(dropped.Frames.Count));
    }

    /// <summary>The RTP timestamp of a block's frame: media time at 90 kHz, modulo 2^32.</summary>
    public static uint RtpTimestamp(EncodedBlock block, int frame) =>
        unchecked((uint)(block.MediaTime.Ticks * 9 / 1000 + frame * 90_000L / block.FramesPerSecond));

    /// <summary>Stays for a viewer who is about to come. False when the session has ended.</summary>
    internal bool TryExpect(IViewer viewer)
    {
        lock (gate)
        {
            if (!over) expected.Add(viewer);
            return !over;
        }
    }

    /// <summary>False when the session has ended.</summary>
    internal bool TryAdd(IViewer viewer)
    {
        lock (gate)
        {
            if (over) return false;
            expected.Remove(viewer);
            if (current is not null)
            {
                for (var i = 0; i < framesSent; i++) Send(viewer, current, i);
            }

            viewers.Add(viewer);
            reports.Say(viewers.Count);
            return true;
        }
    }

    /// <returns>The number of viewers that are left or expected.</returns>
    internal int Remove(IViewer viewer)
    {
        lock (gate)
        {
            expected.Remove(viewer);
            if (viewers.Remove(viewer) && !over) reports.Say(viewers.Count);
            return viewers.Count + expected.Count;
        }
    }

    /// <summary>Returns at once: what the host does on cancellation is not done under the caller's lock.</summary>
    internal void Stop() => _ = stop.CancelAsync();

    /// <summary>Returns when stopped, or when the session has ended and its viewers are closed. Never throws.</summary>
    internal async Task RunAsync()
    {
        // Off the caller's lock: a host may answer at once.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        Task[] work = [UntilStoppedAsync(TakeAsync), UntilStoppedAsync(PlayAsync)];
        await Task.WhenAny(work);
        await stop.CancelAsync();
        await Task.WhenAll(work);
        IViewer[] last;
        lock (gate)
        {
            over = true;
            last = [.. viewers];
        }

        foreach (var viewer in last) viewer.Close();
        await reports.EndAsync();
    }

    private async Task UntilStoppedAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            LogRelayFailed(e, BlockFeed.Tag(session));
        }
    }

    private async Task TakeAsync()
    {
        var feed = new BlockFeed(session, host, counters, time, logger);
        await foreach (var block in feed.ReadAsync(stop.Token)) ahead.Writer.TryWrite(block);
        LogEnded(BlockFeed.Tag(session));
    }

    private async Task PlayAsync()
    {
        await foreach (var block in ahead.Reader.ReadAllAsync(stop.Token))
        {
            await PlayAsync(block);
            counters.BlockPlayed();
        }
    }

    private async Task PlayAsync(EncodedBlock block)
    {
        var duration = TimeSpan.FromSeconds((double)block.Frames.Count / block.FramesPerSecond);
        for (var i = 0; i < block.Frames.Count; i++)
        {
            var wait = block.DueAt + TimeSpan.FromSeconds((double)i / block.FramesPerSecond) - time.GetUtcNow();
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, time, stop.Token);
            }
            else if (wait < -duration && ahead.Reader.TryPeek(out _))
            {
                // More than a block late (this process stood still): the newer block's keyframe is worth more.
                counters.FramesGivenUp(block.Frames.Count - i);
                return;
            }

            stop.Token.ThrowIfCancellationRequested();
            lock (gate)
            {
                current = block;
                framesSent = i + 1;
                foreach (var viewer in viewers) Send(viewer, block, i);
            }

            counters.FrameDue();
        }
    }

    private void Send(IViewer viewer, EncodedBlock block, int frame)
    {
        try
        {
            viewer.SendFrame(block.Frames[frame], RtpTimestamp(block, frame), isKeyframe: frame == 0);
        }
        catch (Exception e)
        {
            // One viewer's failure is that viewer's alone.
            LogViewerFailed(e, BlockFeed.Tag(viewer.Id), BlockFeed.Tag(session));
            viewer.Close();
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Session {Session} has ended; its viewers are disconnected")]
    private partial void LogEnded(string session);

    [LoggerMessage(Level = LogLevel.Error, Message = "The relay of session {Session} failed; its viewers are disconnected")]
    private partial void LogRelayFailed(Exception exception, string session);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Viewer {Viewer} of session {Session} failed and is disconnected")]
    private partial void LogViewerFailed(Exception exception, string viewer, string session);
}
