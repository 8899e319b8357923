using SanaLive.Runtime.Engine;

namespace SanaLive.Runtime.Tests.Engine;

public sealed class EngineQueueTests
{
    [Fact]
    public void Take_SeveralWaiting_GivesTheOneThatWouldStallFirst()
    {
        var queue = new EngineQueue(8);
        var (late, soon, alsoSoon) = (Job(), Job(), Job());
        queue.Add(late, DateTimeOffset.UnixEpoch.AddSeconds(9));
        queue.Add(soon, DateTimeOffset.UnixEpoch.AddSeconds(1));
        queue.Add(alsoSoon, DateTimeOffset.UnixEpoch.AddSeconds(1));
        Assert.Same(soon, queue.Take());
        Assert.Same(alsoSoon, queue.Take());
        Assert.Same(late, queue.Take());
    }

    [Fact]
    public void TakeBefore_ADeadline_GivesOnlyWhatIsMoreUrgent()
    {
        var queue = new EngineQueue(8);
        var (late, soon) = (Job(), Job());
        Assert.Null(queue.TakeBefore(DateTimeOffset.MaxValue));
        queue.Add(late, DateTimeOffset.UnixEpoch.AddSeconds(9));
        queue.Add(soon, DateTimeOffset.UnixEpoch.AddSeconds(1));
        Assert.Null(queue.TakeBefore(DateTimeOffset.UnixEpoch.AddSeconds(1)));
        Assert.Same(soon, queue.TakeBefore(DateTimeOffset.UnixEpoch.AddSeconds(9)));
        Assert.Null(queue.TakeBefore(DateTimeOffset.UnixEpoch.AddSeconds(9)));
        Assert.Same(late, queue.Take());
    }

    [Fact]
    public void Add_FullQueue_IsRefused()
    {
        var queue = new EngineQueue(1);
        queue.Add(Job(), DateTimeOffset.UnixEpoch);
        Assert.Throws<InvalidOperationException>(() => queue.Add(Job(), DateTimeOffset.UnixEpoch));
    }

    [Fact]
    public async Task Close_WithJobsWaiting_GivesThemBackAndTakesNoMore()
    {
        var queue = new EngineQueue(4);
        var job = Job();
        queue.Add(job, DateTimeOffset.UnixEpoch);
        foreach (var left in queue.Close())
            left.Refuse(new ObjectDisposedException("engine"));
        Assert.Null(queue.Take());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => job.Result);
        Assert.Throws<ObjectDisposedException>(() => queue.Add(Job(), DateTimeOffset.UnixEpoch));
    }

    [Fact]
    public async Task Cancel_WhileWaiting_GetsAwayAtOnceAndNeverRuns()
    {
        var ran = false;
        using var cancellation = new CancellationTokenSource();
        var job = new FunctionJob<int>(() => { ran = true; return 1; }, cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => job.Result);
        job.Run();
        Assert.False(ran);
    }

    private static FunctionJob<int> Job() => new(() => 0, CancellationToken.None);
}
