namespace SanaLive.Grains.Sessions;

/// <summary>How an enumeration ended.</summary>
/// <param name="IsDone">By itself: there is nothing more.</param>
/// <param name="Error">By this; null when it was left, or is done.</param>
internal sealed record FollowingEnd(bool IsDone, Exception? Error);

/// <summary>One enumeration of a grain's items that is given up when it falls silent.</summary>
/// <param name="begin">Begins it.</param>
/// <param name="silence">How long nothing may come, not even a sign of life.</param>
/// <param name="time">The clock.</param>
/// <param name="cancellation">Of whoever enumerates.</param>
internal sealed class Following<T>(Func<CancellationToken, IAsyncEnumerable<T>> begin, TimeSpan silence, TimeProvider time, CancellationToken cancellation) : IAsyncDisposable
    where T : class
{
    private readonly CancellationTokenSource _ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
    private IAsyncEnumerator<T>? _items;
    private Task<bool>? _next;

    public FollowingEnd End { get; private set; } = new(false, null);

    /// <summary>The next item; null when there will be none, and <see cref="End"/> says why.</summary>
    /// <exception cref="OperationCanceledException">Whoever enumerates has given up.</exception>
    public async Task<T?> NextAsync()
    {
        try
        {
            _items ??= begin(_ending.Token).GetAsyncEnumerator(_ending.Token);
            _next = _items.MoveNextAsync().AsTask();
            if (await _next.WaitAsync(silence, time, cancellation)) return _items.Current;
            End = new(true, null);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e)
        {
            End = new(false, e);
        }

        return null;
    }

    /// <summary>Does not wait for a silo that does not answer.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        var ended = EndAsync();
        await Task.WhenAny(ended, Task.Delay(silence, time, CancellationToken.None));
    }

    private async Task EndAsync()
    {
        try
        {
            if (_next is not null) await _next.ContinueWith(_ => { }, TaskScheduler.Default);
            if (_items is not null) await _items.DisposeAsync();
        }
        catch (Exception)
        {
            // It has been given up, and why is known.
        }

        _ending.Dispose();
    }
}
