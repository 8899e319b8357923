using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;
using SanaLive.Runtime.Engine;
using SanaLive.Sessions.Telemetry;

namespace SanaLive.Sessions.Engines;

/// <summary>
/// The right to use an engine until it is fenced off; everything that a session asks of an engine goes through here. An engine that does
/// not answer in time is fenced off by whoever asked, and all who wait for it get away at once. What it still answers then is refused.
/// </summary>
/// <param name="engine">The engine.</param>
/// <param name="epoch">Of the engine when the lease was taken.</param>
/// <param name="lost">Cancelled when the engine is fenced off.</param>
internal sealed class EngineLease(HostedEngine engine, long epoch, CancellationToken lost)
{
    public HostedEngine Engine => engine;

    /// <summary>The engine was fenced off since: streams that were opened under this lease count no more.</summary>
    public bool IsLost => engine.Epoch != epoch;

    /// <exception cref="EngineLostException">The engine is fenced off, now or before.</exception>
    public async ValueTask<GeneratedBlock> GenerateAsync(IVideoStream stream, BlockRequest request, CancellationToken cancellation)
    {
        var block = await CallAsync((one, stop) => one.GenerateAsync(stream, request, stop), cancellation, uses: stream);
        engine.WasMeasured();
        return block;
    }

    /// <inheritdoc cref="GenerateAsync"/>
    public ValueTask<SavedStream> SaveAsync(IVideoStream stream, CancellationToken cancellation) =>
        CallAsync((one, stop) => one.SaveStreamAsync(stream, stop), cancellation, uses: stream);

    /// <inheritdoc cref="GenerateAsync"/>
    public ValueTask<IVideoStream> LoadAsync(SavedStream saved, CancellationToken cancellation) =>
        CallAsync((one, stop) => one.LoadStreamAsync(saved, stop), cancellation, tooLate: stream => stream.Dispose());

    /// <summary>
    /// After a call that failed: whether it was the engine. It is asked for the first block of another stream; if that fails too, the engine
    /// is fenced off.
    /// </summary>
    /// <param name="prompt">Read before.</param>
    /// <param name="error">What failed.</param>
    public async Task<bool> IsSoundAsync(Prompt prompt, Exception error)
    {
        try
        {
            return await CallAsync((_, stop) => engine.ProbeAsync(prompt, stop), CancellationToken.None);
        }
        catch (Exception e)
        {
            if (e is not EngineLostException) await engine.FenceAsync(epoch, error.Message.TrimEnd('.'));
            return false;
        }
    }

    /// <summary>Asks the engine for something.</summary>
    /// <param name="call">The question.</param>
    /// <param name="cancellation">Asks the engine to give up; its answer is waited for.</param>
    /// <param name="tooLate">What becomes of an answer that is refused.</param>
    /// <param name="uses">The stream that must not be disposed of before the engine has answered.</param>
    /// <param name="fences">Whether it is fenced off when it does not answer in time.</param>
    /// <exception cref="EngineLostException">The engine is fenced off, now or before.</exception>
    public async ValueTask<T> CallAsync<T>(
        Func<IEngine, CancellationToken, ValueTask<T>> call, CancellationToken cancellation, Action<T>? tooLate = null, IVideoStream? uses = null,
        bool fences = true)
    {
        cancellation.ThrowIfCancellationRequested();
        if (IsLost) throw new EngineLostException(engine.Name, engine.Failure);
        var context = ResilienceContextPool.Shared.Get(continueOnCapturedContext: true);
        try
        {
            var answer = await engine.Calls.ExecuteAsync(
                static (one, state) => state.lease.AskAsync(state.call, state.tooLate, state.uses, one.CancellationToken, state.cancellation),
                context, (lease: this, call, tooLate, uses, cancellation));
            if (!IsLost) return answer;
            engine.Log.LateAnswer(engine.Name, epoch);
            tooLate?.Invoke(answer);
            throw new EngineLostException(engine.Name, engine.Failure);
        }
        catch (TimeoutRejectedException e)
        {
            var reason = FormattableString.Invariant($"it did not answer within {e.Timeout.TotalSeconds:0.#} s");
            if (fences) await engine.FenceAsync(epoch, reason);
            throw new EngineLostException(engine.Name, reason, e);
        }
        catch (Exception e) when (e is BrokenCircuitException || (IsLost && e is not EngineLostException))
        {
            throw new EngineLostException(engine.Name, engine.Failure, e);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private async ValueTask<T> AskAsync<T>(
        Func<IEngine, CancellationToken, ValueTask<T>> call, Action<T>? tooLate, IVideoStream? uses, CancellationToken timeout, CancellationToken cancellation)
    {
        // Who asks may ask the engine to give up, and waits until it has; who runs out of patience does not wait.
        var patience = CancellationTokenSource.CreateLinkedTokenSource(timeout, lost);
        var giveUp = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        var answer = call(engine.Engine, giveUp.Token).AsTask();
        try
        {
            return await answer.UntilAsync(patience.Token);
        }
        finally
        {
            if (answer.IsCompleted)
            {
                giveUp.Dispose();
                patience.Dispose();
            }
            else engine.Abandon(answer, epoch, tooLate, uses);
        }
    }
}
