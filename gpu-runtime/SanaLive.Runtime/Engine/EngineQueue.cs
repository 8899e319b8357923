namespace SanaLive.Runtime.Engine;

/// <summary>Jobs in order of their deadlines; of equal deadlines the older first. Bounded.</summary>
internal sealed class EngineQueue(int capacity)
{
    private readonly PriorityQueue<EngineJob, (DateTimeOffset Deadline, long Order)> jobs = new(capacity);
    private readonly object guard = new();
    private long order;
    private bool closed;

    /// <summary>Jobs that wait.</summary>
    public int Count
    {
        get
        {
            lock (guard)
                return jobs.Count;
        }
    }

    /// <exception cref="ObjectDisposedException">The engine has stopped.</exception>
    /// <exception cref="InvalidOperationException">Too many jobs wait.</exception>
    public void Add(EngineJob job, DateTimeOffset deadline)
    {
        lock (guard)
        {
            ObjectDisposedException.ThrowIf(closed, typeof(CpuEngine));
            if (jobs.Count >= capacity)
                throw new InvalidOperationException($"The engine's queue is full: {capacity} requests wait.");
            jobs.Enqueue(job, (deadline, order++));
            Monitor.Pulse(guard);
        }
    }

    /// <summary>Waits for the most urgent job; null when the queue is closed.</summary>
    public EngineJob? Take()
    {
        lock (guard)
        {
            while (jobs.Count == 0 && !closed)
                Monitor.Wait(guard);
            return closed ? null : jobs.Dequeue();
        }
    }

    /// <summary>The most urgent job if it is more urgent than <paramref name="deadline"/>, at once; else null.</summary>
    public EngineJob? TakeBefore(DateTimeOffset deadline)
    {
        lock (guard)
            return !closed && jobs.TryPeek(out _, out var next) && next.Deadline < deadline ? jobs.Dequeue() : null;
    }

    /// <summary>No job is taken from now on; those that wait are given back.</summary>
    public IReadOnlyList<EngineJob> Close()
    {
        lock (guard)
        {
            closed = true;
            Monitor.PulseAll(guard);
            var left = jobs.UnorderedItems.Select(item => item.Element).ToArray();
            jobs.Clear();
            return left;
        }
    }
}
