namespace SanaLive.Runtime.Engine;

/// <summary>A function whose result somebody waits for. Whoever gives up before its turn gets away at once, and it never runs.</summary>
internal sealed class FunctionJob<T> : EngineJob
{
    private const int Waiting = 0;
    private const int Running = 1;
    private const int GivenUp = 2;
    private readonly Func<T> function;
    private readonly TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenRegistration registration;
    private int stage;

    public FunctionJob(Func<T> function, CancellationToken cancellation)
    {
        this.function = function;
        registration = cancellation.UnsafeRegister(
            static (job, token) =>
            {
                var self = (FunctionJob<T>)job!;
                if (Interlocked.CompareExchange(ref self.stage, GivenUp, Waiting) == Waiting)
                    self.done.TrySetCanceled(token);
            },
            this);
    }

    public Task<T> Result => done.Task;

    public override void Run()
    {
        if (Interlocked.CompareExchange(ref stage, Running, Waiting) != Waiting)
            return;
        registration.Dispose();
        try
        {
            done.TrySetResult(function());
        }
        catch (OperationCanceledException error)
        {
            done.TrySetCanceled(error.CancellationToken);
        }
        catch (Exception error)
        {
            done.TrySetException(error);
        }
    }

    public override void Refuse(Exception reason)
    {
        if (Interlocked.CompareExchange(ref stage, GivenUp, Waiting) == Waiting)
            done.TrySetException(reason);
    }
}
