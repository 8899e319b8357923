namespace SanaLive.Sessions.Tests.Fakes;

/// <summary>Somebody who watches, takes every block at once, and remembers when.</summary>
internal sealed class Viewer
{
    private readonly CancellationTokenSource _leaving = new();
    private readonly Task _watching;

    public Viewer(ISessionHost host, string id, TimeProvider time, long? fromBlock = null)
    {
        _watching = WatchAsync();

        async Task WatchAsync()
        {
            try
            {
                await foreach (var block in host.WatchAsync(id, fromBlock, default).WithCancellation(_leaving.Token))
                    Blocks.Add((block, time.GetUtcNow()));
                Ended = true;
            }
            catch (SessionException e)
            {
                Refusal = e;
            }
            catch (OperationCanceledException) when (_leaving.IsCancellationRequested)
            {
                // Left.
            }
        }
    }

    public List<(EncodedBlock Block, DateTimeOffset At)> Blocks { get; } = [];

    public IEnumerable<long> Numbers => Blocks.Select(b => b.Block.Number);

    public SessionException? Refusal { get; private set; }

    public bool Ended { get; private set; }

    public Task LeaveAsync()
    {
        _leaving.Cancel();
        return _watching;
    }
}
