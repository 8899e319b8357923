using Polly;
using Polly.Retry;
using SanaLive.Sessions;

namespace SanaLive.Grains.Sessions;

/// <summary>Calls to grains that a silo's leaving or dying may interrupt.</summary>
internal sealed class Calls
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    /// <summary>About ten seconds: longer than it takes until a dead silo's sessions are found elsewhere.</summary>
    private const int Attempts = 14;

    private readonly ResiliencePipeline _again;
    private readonly ResiliencePipeline _once;

    public Calls(TimeProvider time)
    {
        _again = Pipeline(time, IsInterruption);
        _once = Pipeline(time, e => e is SessionElsewhereException);
    }

    /// <summary>A call that may be made twice.</summary>
    /// <exception cref="SessionException"><see cref="SessionError.Overloaded"/>: the session's silo is not reached.</exception>
    public Task<T> AgainAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellation) => CallAsync(_again, call, cancellation);

    /// <summary>A call that must not be made twice: it is made again only when nothing was done.</summary>
    /// <exception cref="SessionException"><see cref="SessionError.Overloaded"/>: it is not known whether it was done.</exception>
    public Task<T> OnceAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellation) => CallAsync(_once, call, cancellation);

    /// <summary>The silo was not reached, or went away meanwhile; the session itself has refused nothing.</summary>
    public static bool IsInterruption(Exception error) =>
        error is SessionElsewhereException or TimeoutException or EnumerationAbortedException or OrleansException;

    private static async Task<T> CallAsync<T>(ResiliencePipeline pipeline, Func<CancellationToken, Task<T>> call, CancellationToken cancellation)
    {
        try
        {
            return await pipeline.ExecuteAsync(static async (work, stop) => await work(stop), call, cancellation);
        }
        catch (Exception e) when (IsInterruption(e))
        {
            throw new SessionException(
                SessionError.Overloaded, "The machine of this session has just been lost, or does not answer; the session goes on on another one. Look at it, and try again in a moment.", e);
        }
    }

    private static ResiliencePipeline Pipeline(TimeProvider time, Func<Exception, bool> again) => new ResiliencePipelineBuilder { TimeProvider = time }
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = outcome => new(outcome.Outcome.Exception is { } error && again(error)),
            MaxRetryAttempts = Attempts,
            Delay = FirstWait,
            MaxDelay = LongestWait,
            BackoffType = DelayBackoffType.Exponential,
        })
        .Build();
}
