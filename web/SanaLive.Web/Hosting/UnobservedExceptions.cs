namespace SanaLive.Web.Hosting;

/// <summary>Exceptions of tasks that nobody awaited. Each is a fault of this program's, and none may go unseen.</summary>
public sealed partial class UnobservedExceptions(ILogger<UnobservedExceptions> logger) : IHostedService
{
    private long count;

    /// <summary>Since the server was started. The runtime tells when the task is collected as garbage, which may be late.</summary>
    public long Count => Volatile.Read(ref count);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        TaskScheduler.UnobservedTaskException += OnUnobserved;
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        TaskScheduler.UnobservedTaskException -= OnUnobserved;
        return Task.CompletedTask;
    }

    private void OnUnobserved(object? sender, UnobservedTaskExceptionEventArgs unobserved)
    {
        Interlocked.Increment(ref count);
        LogUnobserved(unobserved.Exception);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "A task failed and nobody awaited it")]
    private partial void LogUnobserved(Exception exception);
}
