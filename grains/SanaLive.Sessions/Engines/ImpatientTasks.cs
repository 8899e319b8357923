namespace SanaLive.Sessions.Engines;

/// <summary>
/// Waiting for an answer that may never come. Like <see cref="Task.WaitAsync(CancellationToken)"/>, but all of it stays on the context of
/// whoever waits; that one goes by the thread pool.
/// </summary>
internal static class ImpatientTasks
{
    /// <exception cref="OperationCanceledException">Patience came to its end first; the answer is still under way.</exception>
    public static async Task<T> UntilAsync<T>(this Task<T> answer, CancellationToken patience)
    {
        if (answer.IsCompleted) return await answer;
        var first = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var end = patience.UnsafeRegister(static (first, patience) => ((TaskCompletionSource<T>)first!).TrySetCanceled(patience), first);
        _ = ForwardAsync(answer, first);
        return await first.Task;
    }

    private static async Task ForwardAsync<T>(Task<T> answer, TaskCompletionSource<T> to)
    {
        try
        {
            to.TrySetResult(await answer);
        }
        catch (OperationCanceledException e)
        {
            to.TrySetCanceled(e.CancellationToken);
        }
        catch (Exception e)
        {
            to.TrySetException(e);
        }
    }
}
