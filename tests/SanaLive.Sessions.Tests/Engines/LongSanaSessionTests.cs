using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using SanaLive.Runtime.Checkpoints.Published;
using SanaLive.Runtime.Engine;
using SanaLive.Runtime.Tests;
using SanaLive.Sessions.Durability;
using SanaLive.Sessions.Encoding;
using SanaLive.Sessions.Tests.Fakes;

namespace SanaLive.Sessions.Tests.Engines;

/// <summary>A LongSANA stream, very small and with random weights, through engine, session, encoder and store: the path of the embedded model.</summary>
public sealed class LongSanaSessionTests : IAsyncLifetime
{
    private readonly TestPublished _model = new(PublishedKind.LongSana);
    private readonly TemporaryFolder _data = new();
    private readonly SessionOptions _options = new();
    private CpuEngine _engine = null!;
    private Vp8BlockEncoder _encoder = null!;

    public Task InitializeAsync()
    {
        _engine = CpuEngine.Load(_model.Path, new CpuEngineOptions { Threads = 2, Size = TestPublished.Size }, TimeProvider.System);
        _encoder = new Vp8BlockEncoder(_options.Video, TimeProvider.System);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _engine.DisposeAsync();
        _encoder.Dispose();
        _data.Dispose();
        _model.Dispose();
    }

    [Fact]
    public async Task Stream_IsWatchedSteeredSavedAndBroughtBack_BitForBit()
    {
        // Undisturbed, and nothing kept.
        await using var plain = Host(null);
        var straight = await WatchAsync(plain, (await CreateAsync(plain)).Id, null, 5);
        Assert.Equal([41, 40, 40, 40, 40], straight.Select(block => block.Frames.Count));
        Assert.All(straight.Zip(straight.Skip(1)), pair => Assert.Equal(pair.First.MediaTime + pair.First.Duration, pair.Second.MediaTime));

        string id;
        IReadOnlyList<EncodedBlock> before;
        await using (var store = new FileSessionStore(_data.Path))
        await using (var first = Host(store))
        {
            id = (await CreateAsync(first)).Id;
            before = await WatchAsync(first, id, null, 3);
        }

        await using var again = new FileSessionStore(_data.Path);
        await using var second = Host(again);
        await second.RestoreAsync(default);
        var after = await WatchAsync(second, id, before[^1].Number + 1, 2);
        foreach (var block in before.Concat(after).Where(block => block.Number < 5))
        {
            var same = straight.Single(one => one.Number == block.Number);
            Assert.Equal((same.FrameHash, same.MediaTime, same.Frames.Count), (block.FrameHash, block.MediaTime, block.Frames.Count));
        }

        Assert.Contains(after, block => block.Number < 5);
        var applied = (await second.GetAsync(id, default)).Cues.Single();
        Assert.Equal((CueStatus.Applied, 2L, 81.0 / 16), (applied.Status, applied.Block, applied.MediaTime!.Value));
    }

    [Fact]
    public async Task Cue_ReplacesThePrompt_FromItsBlockOn()
    {
        await using var host = Host(null);
        var with = await CreateAsync(host);
        var without = await host.CreateAsync(new CreateSession("a small boat", Seed: 5), default);
        var (cued, plain) = (await WatchAsync(host, with.Id, null, 4), await WatchAsync(host, without.Id, null, 4));
        Assert.Equal(plain.Take(2).Select(block => block.FrameHash), cued.Take(2).Select(block => block.FrameHash));
        Assert.NotEqual(plain[2].FrameHash, cued[2].FrameHash);
        var view = await host.GetAsync(with.Id, default);
        Assert.Equal("a lighthouse above the quiet sea at night", view.Meaning);
    }

    private async Task<SessionCreated> CreateAsync(InProcessSessionHost host)
    {
        var session = await host.CreateAsync(new CreateSession("a small boat", Seed: 5), default);
        await host.CueAsync(session.Id, new CueRequest("a lighthouse above the quiet sea at night", AtBlock: 2), default);
        return session;
    }

    private InProcessSessionHost Host(FileSessionStore? store) => new(
        [_engine], _encoder, new FakePictureReader(), Options.Create(_options), TimeProvider.System, NullLogger<InProcessSessionHost>.Instance, store);

    private static async Task<IReadOnlyList<EncodedBlock>> WatchAsync(InProcessSessionHost host, string id, long? from, int blocks)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(4));
        var seen = new List<EncodedBlock>();
        await foreach (var block in host.WatchAsync(id, from, patience.Token))
        {
            seen.Add(block);
            if (seen.Count == blocks) break;
        }

        return seen;
    }
}
