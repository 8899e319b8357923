using System.Runtime.CompilerServices;

namespace SanaLive.Grains.Sessions;

/// <summary>Enumerations that say something even when nothing happens.</summary>
internal static class SignsOfLife
{
    /// <summary>The items as they come, and null whenever none came for a while. Ends quietly when it is ended from here.</summary>
    /// <param name="source">Enumerated with the token of <paramref name="ending"/>.</param>
    /// <param name="interval">How long to be silent.</param>
    /// <param name="time">The clock.</param>
    /// <param name="ending">Cancelled when nobody enumerates any more.</param>
    /// <param name="quiet">Being cancelled, ends the enumeration without an error.</param>
    public static async IAsyncEnumerable<T?> Among<T>(
        IAsyncEnumerable<T> source, TimeSpan interval, TimeProvider time, CancellationTokenSource ending, [EnumeratorCancellation] CancellationToken quiet)
        where T : class
    {
        await using var items = source.GetAsyncEnumerator(ending.Token);
        var next = items.MoveNextAsync().AsTask();
        try
        {
            while (true)
            {
                var silent = false;
                try
                {
                    if (!await next.WaitAsync(interval, time, CancellationToken.None)) yield break;
                }
                catch (TimeoutException) when (!next.IsCompleted)
                {
                    silent = true;
                }
                catch (OperationCanceledException) when (quiet.IsCancellationRequested)
                {
                    yield break;
                }

                if (silent)
                {
                    yield return null;
                    continue;
                }

                yield return items.Current;
                next = items.MoveNextAsync().AsTask();
            }
        }
        finally
        {
            // An enumerator may only be disposed of between its steps.
            await ending.CancelAsync();
            await next.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }
}
