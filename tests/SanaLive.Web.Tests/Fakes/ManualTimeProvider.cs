namespace SanaLive.Web.Tests.Fakes;

/// <summary>Time that moves only when a test says so.</summary>
internal sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock gate = new();
    private readonly List<Timer> timers = [];
    private readonly List<(int Timers, TaskCompletionSource Reached)> waits = [];
    private DateTimeOffset now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow()
    {
        lock (gate) return now;
    }

    public override long GetTimestamp() => GetUtcNow().Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Completes when at least so many timers run: whoever is tested has come to wait for time.</summary>
    public Task TimersAsync(int count = 1)
    {
        lock (gate)
        {
            if (timers.Count >= count) return Task.CompletedTask;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waits.Add((count, reached));
            return reached.Task.WaitAsync(TimeSpan.FromSeconds(30));
        }
    }

    public void Advance(TimeSpan by)
    {
        var until = GetUtcNow() + by;
        while (true)
        {
            Timer? first;
            lock (gate)
            {
                first = timers.Where(timer => timer.Due <= until).MinBy(timer => timer.Due);
                now = first is null ? until : first.Due > now ? first.Due : now;
                if (first is not null) timers.Remove(first);
            }

            if (first is null) return;
            first.Fire();
        }
    }

    /// <summary>Moves on at once, as if this process had stood still: timers on the way fire late.</summary>
    public void Jump(TimeSpan by)
    {
        lock (gate) now += by;
        Advance(TimeSpan.Zero);
    }

    /// <summary>Waits for a timer and moves to where it is due.</summary>
    public async Task NextAsync()
    {
        await TimersAsync();
        TimeSpan wait;
        lock (gate) wait = timers.Min(timer => timer.Due) - now;
        Advance(wait > TimeSpan.Zero ? wait : TimeSpan.Zero);
    }

    private sealed class Timer(ManualTimeProvider time, Action callback) : ITimer
    {
        public DateTimeOffset Due { get; private set; }

        public void Fire() => callback();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time.gate)
            {
                time.timers.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan) return true;
                Due = time.now + dueTime;
                time.timers.Add(this);
                foreach (var wait in time.waits.Where(wait => time.timers.Count >= wait.Timers).ToList())
                {
                    time.waits.Remove(wait);
                    wait.Reached.SetResult();
                }
            }

            return true;
        }

        public void Dispose()
        {
            lock (time.gate) time.timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
