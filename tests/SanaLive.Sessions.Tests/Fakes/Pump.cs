using System.Collections.Concurrent;

namespace SanaLive.Sessions.Tests.Fakes;

/// <summary>
/// Runs a test and all that it starts on one thread, one continuation after the other. So a test can say "let everything happen that
/// can happen now" and need not sleep, and one that waits for what never comes fails at once.
/// </summary>
internal sealed class Pump : SynchronizationContext
{
    private readonly ConcurrentQueue<(SendOrPostCallback Callback, object? State)> _work = new();
    private readonly Queue<TaskCompletionSource> _settling = new();

    public static void Run(Func<Pump, Task> test)
    {
        var before = Current;
        var pump = new Pump();
        SetSynchronizationContext(pump);
        try
        {
            var running = test(pump);
            while (true)
            {
                if (pump._work.TryDequeue(out var work)) work.Callback(work.State);
                else if (running.IsCompleted) break;
                else if (pump._settling.TryDequeue(out var settled)) settled.SetResult();
                else throw new InvalidOperationException("The test waits for something that will not happen.");
            }

            running.GetAwaiter().GetResult();
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    public override void Post(SendOrPostCallback d, object? state) => _work.Enqueue((d, state));

    /// <summary>Everything that can happen without time going on has happened.</summary>
    public Task SettledAsync()
    {
        var settled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _settling.Enqueue(settled);
        return settled.Task;
    }
}
