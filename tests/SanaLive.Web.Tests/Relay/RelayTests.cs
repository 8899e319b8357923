using Microsoft.Extensions.Logging.Abstractions;
using SanaLive.Sessions;
using SanaLive.Web.Hosting;
using SanaLive.Web.Relay;
using SanaLive.Web.Tests.Fakes;
using SanaLive.Web.Whep;

namespace SanaLive.Web.Tests.Relay;

public sealed class RelayTests : IAsyncLifetime
{
    private const string Session = "any";
    private static readonly TimeSpan Frame = TimeSpan.FromSeconds(1.0 / 16);
    private readonly ManualTimeProvider time = new();
    private readonly FakeSessionHost host = new();
    private readonly RelayPool relays;
    private readonly DateTimeOffset start;

    public RelayTests()
    {
        var backend = new Backend(time);
        backend.Serves(new OpenSessionHost(host, []));
        relays = new RelayPool(backend, time, NullLogger<SessionRelay>.Instance);
        start = time.GetUtcNow();
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => relays.DisposeAsync().AsTask();

    [Fact]
    public async Task Join_FirstViewer_WatchesFromTheNewestBlock()
    {
        relays.Join(Session, new FakeViewer());
        Assert.Null((await host.WatchedAsync()).FromBlock);
        Assert.Equal(1, relays.Statistics.WatchedSessions);
    }

    [Fact]
    public async Task Play_Block_SendsEachFrameWhenItIsDueAndNotBefore()
    {
        var viewer = new FakeViewer();
        relays.Join(Session, viewer);
        (await host.WatchedAsync()).Send(Block(0));

        var first = await viewer.NextAsync();
        Assert.Equal((0, 0, 0u, true), (first.Block, first.Frame, first.Timestamp, first.Keyframe));
        for (var i = 1; i < 8; i++)
        {
            await time.TimersAsync();
            time.Advance(Frame * 0.9);
            Assert.False(viewer.HasMore, $"frame {i} came early");
            await time.NextAsync();
            var next = await viewer.NextAsync();
            Assert.Equal((0, i, (uint)(i * 5625), false), (next.Block, next.Frame, next.Timestamp, next.Keyframe));
            Assert.InRange(time.GetUtcNow() - start, Frame * i - TimeSpan.FromMilliseconds(1), Frame * i + TimeSpan.FromMilliseconds(1));
        }
    }

    [Fact]
    public async Task Play_BlocksAheadOfTime_WaitForTheirDueTime()
    {
        var viewer = new FakeViewer();
        relays.Join(Session, viewer);
        (await host.WatchedAsync()).Send(Block(0), Block(1), Block(2));

        for (var frame = 0; frame < 24; frame++)
        {
            var sent = await viewer.NextAsync();
            Assert.Equal((frame / 8, frame % 8), (sent.Block, sent.Frame));
            Assert.Equal((uint)(frame * 5625), sent.Timestamp);
            Assert.False(viewer.HasMore);
            if (frame < 23) await time.NextAsync();
        }
    }

    [Fact]
    public void RtpTimestamp_AfterManyHours_WrapsLikeRtp()
    {
        var block = Block(200_000, due: 0);
        Assert.Equal(unchecked((uint)(200_000L * 45_000 + 3 * 5625)), SessionRelay.RtpTimestamp(block, 3));
    }

    [Fact]
    public async Task Join_InTheMiddleOfABlock_GetsItFromItsKeyframeAtOnceAndGoesOnWithTheOthers()
    {
        var early = new FakeViewer("early");
        relays.Join(Session, early);
        (await host.WatchedAsync()).Send(Block(5, due: 0));
        await early.NextAsync();
        await time.NextAsync();
        await early.NextAsync();
        await time.NextAsync();
        await early.NextAsync();

        var late = new FakeViewer("late");
        relays.Join(Session, late);
        Assert.Equal([0, 1, 2], (await late.NextAsync(3)).Select(sent => sent.Frame));
        Assert.False(late.HasMore);
        await time.NextAsync();
        Assert.Equal(3, (await early.NextAsync()).Frame);
        Assert.Equal(3, (await late.NextAsync()).Frame);
        Assert.False(host.IsWatched, "a second viewer must not watch the session a second time");
    }

    [Fact]
    public async Task Send_ToAViewerThatFails_ClosesThatViewerAndServesTheOthers()
    {
        var broken = new FakeViewer("broken") { Failure = new InvalidOperationException("no route") };
        var well = new FakeViewer("well");
        relays.Join(Session, broken);
        relays.Join(Session, well);
        (await host.WatchedAsync()).Send(Block(0));

        Assert.Equal(0, (await well.NextAsync()).Frame);
        await broken.Closed.WaitAsync(TimeSpan.FromSeconds(30));
        await time.NextAsync();
        Assert.Equal(1, (await well.NextAsync()).Frame);
    }

    [Fact]
    public async Task Leave_LastViewer_EndsTheWatchAtOnce()
    {
        var first = new FakeViewer("first");
        var second = new FakeViewer("second");
        relays.Join(Session, first);
        relays.Join(Session, second);
        var watch = await host.WatchedAsync();
        watch.Send(Block(0), Block(1));
        await first.NextAsync();

        relays.Leave(Session, first);
        Assert.False(watch.Ended.Task.IsCompleted);
        relays.Leave(Session, second);
        await watch.Ended.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(0, relays.Statistics.WatchedSessions);
        Assert.False(second.Closed.IsCompleted, "a viewer that left is not the relay's to close");
        await host.ReportedAsync(0);
    }

    [Fact]
    public async Task Expect_AViewerWhoThenConnects_GetsTheBlockThatWasMadeMeanwhile()
    {
        var viewer = new FakeViewer();
        relays.Expect(Session, viewer);
        var watch = await host.WatchedAsync();
        watch.Send(Block(3, due: 0));
        await time.TimersAsync();
        Assert.False(viewer.HasMore);
        relays.Join(Session, viewer);
        var first = await viewer.NextAsync();
        Assert.Equal((3, 0, true), (first.Block, first.Frame, first.Keyframe));
        await host.ReportedAsync(1);
        relays.Leave(Session, viewer);
        await watch.Ended.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Expect_AViewerWhoNeverConnects_NothingIsWatchedAfterTwoSeconds()
    {
        var viewer = new FakeViewer();
        new Viewers(relays, time).Add(Session, viewer);
        var watch = await host.WatchedAsync();
        time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.Equal(1, relays.Statistics.WatchedSessions);
        time.Advance(TimeSpan.FromSeconds(0.2));
        await watch.Ended.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(0, relays.Statistics.WatchedSessions);
        // It comes all the same, late.
        viewer.Connect();
        Assert.False((await host.WatchedAsync()).Ended.Task.IsCompleted);
    }

    [Fact]
    public async Task Join_AfterTheLastViewerLeft_WatchesAnew()
    {
        var viewer = new FakeViewer();
        relays.Join(Session, viewer);
        var first = await host.WatchedAsync();
        relays.Leave(Session, viewer);
        relays.Join(Session, viewer);
        var second = await host.WatchedAsync();
        Assert.NotSame(first, second);
        Assert.False(second.Ended.Task.IsCompleted);
    }

    [Fact]
    public async Task Viewers_ComingAndGoing_AreReported()
    {
        var first = new FakeViewer("first");
        var second = new FakeViewer("second");
        relays.Join(Session, first);
        await host.ReportedAsync(1);
        relays.Join(Session, second);
        await host.ReportedAsync(2);
        relays.Leave(Session, first);
        await host.ReportedAsync(1);
        relays.Leave(Session, second);
        await host.ReportedAsync(0);
    }

    [Fact]
    public async Task Watch_SessionCloses_DisconnectsItsViewers()
    {
        var viewer = new FakeViewer();
        relays.Join(Session, viewer);
        (await host.WatchedAsync()).Blocks.Writer.Complete();
        await viewer.Closed.WaitAsync(TimeSpan.FromSeconds(30));
        await host.ReportedAsync(0);
    }

    [Fact]
    public async Task Watch_HostBreaksOff_GoesOnFromTheNextBlock()
    {
        var viewer = new FakeViewer();
        relays.Join(Session, viewer);
        var watch = await host.WatchedAsync();
        watch.Send(Block(7, due: 0));
        await viewer.NextAsync();
        watch.Blocks.Writer.Complete(new IOException("the silo went away"));
        await watch.Ended.Task.WaitAsync(TimeSpan.FromSeconds(30));

        // Time goes on until the pause before the second attempt is over; which of the frames' timers and its own come first is open.
        var second = host.WatchedAsync();
        while (!second.IsCompleted) await Task.WhenAny(second, time.NextAsync());
        var again = await second;
        Assert.Equal(8, again.FromBlock);
        Assert.False(viewer.Closed.IsCompleted);
        Assert.Equal(1, relays.Statistics.WatchesBroken);
    }

    [Fact]
    public async Task Watch_SessionIsUnknown_DisconnectsItsViewers()
    {
        var viewer = new FakeViewer();
        relays.Join("nowhere", viewer);
        await viewer.Closed.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Watch_SessionFails_DisconnectsItsViewers()
    {
        var viewer = new FakeViewer();
        relays.Join(Session, viewer);
        (await host.WatchedAsync()).Blocks.Writer.Complete(new SessionException(SessionError.Failed, "This session has failed."));
        await viewer.Closed.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Watch_NoRoomYet_TriesAgainUntilThereIs()
    {
        var viewer = new FakeViewer();
        relays.Join(Session, viewer);
        (await host.WatchedAsync()).Blocks.Writer.Complete(new SessionException(SessionError.Overloaded, "The line is full."));
        await time.NextAsync();
        (await host.WatchedAsync()).Send(Block(0));
        Assert.True((await viewer.NextAsync()).Keyframe);
    }

    [Fact]
    public async Task Watch_OlderEpochAndRepeatedBlocks_AreDropped()
    {
        var viewer = new FakeViewer();
        relays.Join(Session, viewer);
        (await host.WatchedAsync()).Send(Block(0, epoch: 2), Block(1, epoch: 1), Block(0, epoch: 3), Block(1, epoch: 3));

        var frames = new List<FakeViewer.Sent> { await viewer.NextAsync() };
        while (frames.Count < 16)
        {
            await time.NextAsync();
            frames.Add(await viewer.NextAsync());
        }

        Assert.Equal(Enumerable.Range(0, 16).Select(i => (i / 8, i % 8)), frames.Select(sent => (sent.Block, sent.Frame)));
    }

    [Fact]
    public async Task Play_MoreThanABlockLate_SkipsToTheNewerKeyframe()
    {
        var viewer = new FakeViewer();
        relays.Join(Session, viewer);
        var watch = await host.WatchedAsync();
        watch.Send(Block(0), Block(1), Block(2));
        await viewer.NextAsync();
        await time.TimersAsync();
        time.Jump(TimeSpan.FromSeconds(1.2));

        // The frame that was waited for, then what is due of block 2: block 1 is over.
        var frames = await viewer.NextAsync(5);
        Assert.Equal([(0, 1), (2, 0), (2, 1), (2, 2), (2, 3)], frames.Select(sent => (sent.Block, sent.Frame)));
        Assert.Equal(6 + 8, relays.Statistics.FramesSkipped);
    }

    [Fact]
    public async Task KeyframeRequest_OfOneViewer_SendsNobodyAnything()
    {
        var viewer = new FakeViewer();
        relays.Join(Session, viewer);
        (await host.WatchedAsync()).Send(Block(0));
        await viewer.NextAsync();
        viewer.AskForKeyframe();
        Assert.False(viewer.HasMore);
        Assert.Equal(1, relays.Statistics.KeyframeRequests);

        relays.Leave(Session, viewer);
        Assert.False(viewer.Listens);
    }

    [Fact]
    public async Task Dispose_WithViewers_EndsEveryWatch()
    {
        relays.Join(Session, new FakeViewer("a"));
        relays.Join("any other", new FakeViewer("b"));
        var one = await host.WatchedAsync();
        var other = await host.WatchedAsync();
        await relays.DisposeAsync();
        Assert.True(one.Ended.Task.IsCompleted && other.Ended.Task.IsCompleted);

        var tooLate = new FakeViewer("c");
        relays.Join(Session, tooLate);
        Assert.True(tooLate.Closed.IsCompleted);
    }

    /// <param name="number">Of the block; also the first byte of its frames.</param>
    /// <param name="epoch">Of its owner.</param>
    /// <param name="due">Blocks after the start.</param>
    private EncodedBlock Block(long number, long epoch = 1, long? due = null) => new()
    {
        Epoch = epoch,
        Number = number,
        MediaTime = TimeSpan.FromSeconds(number * 0.5),
        DueAt = start + TimeSpan.FromSeconds((due ?? number) * 0.5),
        FramesPerSecond = 16,
        Frames = [.. Enumerable.Range(0, 8).Select(i => (ReadOnlyMemory<byte>)new byte[] { (byte)number, (byte)i, 0 })],
        FrameHash = "",
    };
}
