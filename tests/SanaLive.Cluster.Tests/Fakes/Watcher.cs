using System.Threading.Channels;
using SanaLive.Sessions;

namespace SanaLive.Cluster.Tests.Fakes;

/// <summary>Somebody who watches, takes every block at once, and can be asked to wait for some.</summary>
internal sealed class Watcher : IAsyncDisposable
{
    private readonly CancellationTokenSource _leaving = new();
    private readonly Channel<EncodedBlock> _news = Channel.CreateUnbounded<EncodedBlock>();
    private readonly Task _watching;

    public Watcher(ISessionHost host, string id)
    {
        _watching = Task.Run(async () =>
        {
            try
            {
                // From the first block on: a viewer who joins begins with what is on air.
                await foreach (var block in host.WatchAsync(id, 0, _leaving.Token)) _news.Writer.TryWrite(block);
                _news.Writer.Complete();
            }
            catch (Exception e)
            {
                _news.Writer.Complete(e);
            }
        });
    }

    public List<EncodedBlock> Blocks { get; } = [];

    /// <summary>Takes so many more.</summary>
    public async Task SeeAsync(int count)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        for (var i = 0; i < count; i++) Blocks.Add(await _news.Reader.ReadAsync(patience.Token));
    }

    /// <summary>Takes all until the session ends.</summary>
    public async Task SeeTheEndAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        await foreach (var block in _news.Reader.ReadAllAsync(patience.Token)) Blocks.Add(block);
    }

    /// <summary>No block was missed or shown twice, none of an older owner came after one of a newer, and all are those of a stream that was never disturbed.</summary>
    public async Task ShowsTheSameAsAsync(ISessionHost reference, string id)
    {
        Assert.Equal(Enumerable.Range(0, Blocks.Count).Select(i => (long)i), Blocks.Select(block => block.Number));
        Assert.All(Blocks.Zip(Blocks.Skip(1)), pair => Assert.True(pair.First.Epoch <= pair.Second.Epoch));
        await using var undisturbed = new Watcher(reference, id);
        await undisturbed.SeeAsync(Blocks.Count);
        Assert.Equal(undisturbed.Blocks.Select(block => block.FrameHash), Blocks.Select(block => block.FrameHash));
    }

    public async ValueTask DisposeAsync()
    {
        await _leaving.CancelAsync();
        await _watching;
    }
}
