using Polly;
using Polly.Retry;
using SanaLive.Runtime.Engine;
using SanaLive.Sessions.Telemetry;

namespace SanaLive.Sessions.Engines;

/// <content>How an engine that was fenced off comes back.</content>
internal sealed partial class HostedEngine : IAsyncDisposable
{
    private static readonly TimeSpan FirstTry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _ending = new();
    private readonly ResiliencePipeline _recovery;
    private Task _recovering = Task.CompletedTask;

    /// <summary>Asks for the first block of a stream that nobody watches; throws what the engine throws.</summary>
    /// <param name="prompt">Null: the engine has to read one, too.</param>
    /// <param name="cancellation">Patience.</param>
    public async ValueTask<bool> ProbeAsync(Prompt? prompt, CancellationToken cancellation)
    {
        prompt ??= await Engine.ReadPromptAsync(null, Engine.Model.DefaultPrompt, cancellation).AsTask().UntilAsync(cancellation);
        var stream = Engine.CreateStream(seed: 0);
        Task<GeneratedBlock>? answer = null;
        try
        {
            answer = Engine.GenerateAsync(stream, new BlockRequest(prompt, _time.GetUtcNow()), cancellation).AsTask();
            await answer.UntilAsync(cancellation);
            return true;
        }
        finally
        {
            if (answer is { IsCompleted: false }) _abandoned[stream] = answer;
            Release(stream);
        }
    }

    /// <summary>Stops trying. The engine itself belongs to somebody else.</summary>
    public async ValueTask DisposeAsync()
    {
        _ending.Cancel();
        await _recovering;
    }

    private async Task RecoverAsync()
    {
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: true, _ending.Token);
        try
        {
            await Task.Delay(FirstTry, _time, _ending.Token);
            await _recovery.ExecuteAsync(static (one, self) => self.ProbeAsync(null, one.CancellationToken), context, this);
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
            return;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }

        await _circuit.CloseAsync();
        _failure = null;
        Log.EngineBack(Name, Epoch);
        _changed();
    }

    private ResiliencePipeline BuildRecovery() => new ResiliencePipelineBuilder { TimeProvider = _time }
        .AddRetry(new RetryStrategyOptions
        {
            // Whatever it is: an engine that cannot be asked cannot serve, and may serve later.
            ShouldHandle = static outcome => new(outcome.Outcome.Exception is not null),
            MaxRetryAttempts = int.MaxValue,
            Delay = FirstTry,
            MaxDelay = LongestWait,
            BackoffType = DelayBackoffType.Exponential,
            OnRetry = retry =>
            {
                Log.StillFenced(retry.Outcome.Exception, Name, retry.RetryDelay);
                return default;
            },
        })
        .AddTimeout(Patience)
        .Build();
}
