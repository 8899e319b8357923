using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using SanaLive.Runtime.Engine;
using SanaLive.Runtime.Tests;
using SanaLive.Sessions.Bookmarks;
using SanaLive.Sessions.Durability;
using SanaLive.Sessions.Encoding;
using SanaLive.Sessions.Tests.Encoding;
using SanaLive.Sessions.Tests.Fakes;

namespace SanaLive.Sessions.Tests.Bookmarks;

/// <summary>The engine that computes, on a very small model: what comes again is the same bit for bit.</summary>
public sealed class RealEngineTests : IAsyncLifetime
{
    private readonly TestModel _model = new();
    private readonly TemporaryFolder _data = new();
    private CpuEngine _engine = null!;
    private FileSessionStore _store = null!;
    private Vp8BlockEncoder _encoder = null!;
    private InProcessSessionHost _host = null!;

    public Task InitializeAsync()
    {
        _engine = CpuEngine.Load(_model.Path, new CpuEngineOptions { Threads = 1, WarmUpBlocks = 1 }, TimeProvider.System);
        _store = new FileSessionStore(_data.Path);
        var options = new SessionOptions();
        _encoder = new Vp8BlockEncoder(options.Video, TimeProvider.System);
        _host = new InProcessSessionHost(
            [_engine], _encoder, new FakePictureReader(), Options.Create(options), TimeProvider.System, NullLogger<InProcessSessionHost>.Instance, _store);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _engine.DisposeAsync();
        await _store.DisposeAsync();
        _encoder.Dispose();
        _data.Dispose();
        _model.Dispose();
    }

    [Fact]
    public async Task ForkAndRewind_MakeTheParentsBlocksAgain()
    {
        var parent = await _host.CreateAsync(new CreateSession(Seed: 5), default);
        await _host.CueAsync(parent.Id, new CueRequest("night", AtBlock: 3, BlendBlocks: 3), default);
        var before = await WatchAsync(parent.Id, null, 4);
        var bookmark = await _host.BookmarkAsync(parent.Id, new BookmarkRequest("here"), default);
        var first = await WatchAsync(parent.Id, bookmark.Block, 4);

        var fork = await _host.ForkAsync(parent.Id, new ForkRequest(bookmark.Id), default);
        EqualWhereBothWereSeen(first, bookmark.Block, await WatchAsync(fork.Id, bookmark.Block, 4), bookmark.Block);

        var rewind = await _host.RewindAsync(parent.Id, new RewindRequest(bookmark.Id), default);
        var again = await WatchAsync(parent.Id, rewind.Block, 4);
        EqualWhereBothWereSeen(first, bookmark.Block, again, rewind.Block);
        Assert.True(again[0].Number >= rewind.Block);
        Assert.True(rewind.Block > first[^1].Number && first[0].Number > before[0].Number);

        // The blocks are not all alike: equal hashes say something.
        Assert.Equal(4, first.Select(one => one.FrameHash).Distinct().Count());
    }

    [Fact]
    public async Task Replay_OfAnExportedSchedule_MakesTheSameBlocks()
    {
        var first = await _host.CreateAsync(new CreateSession("a forest at dawn", Seed: 8), default);
        await _host.CueAsync(first.Id, new CueRequest("night", AtBlock: 2, BlendBlocks: 2), default);
        var blocks = await WatchAsync(first.Id, null, 6);
        var replay = await _host.CreateAsync(new CreateSession(Replay: await _host.ScheduleAsync(first.Id, default)), default);
        var again = await WatchAsync(replay.Id, null, 6);
        var common = blocks.Where(one => again.Any(other => other.Number == one.Number)).ToList();
        Assert.True(common.Count >= 3);
        Assert.All(common, one => Assert.Equal(one.FrameHash, again.Single(other => other.Number == one.Number).FrameHash));
    }

    [Fact]
    public async Task Picture_OfABookmark_IsTheKeyframeAsOthersDecodeIt()
    {
        var session = await _host.CreateAsync(new CreateSession(Seed: 5), default);
        await WatchAsync(session.Id, null, 2);
        var bookmark = await _host.BookmarkAsync(session.Id, new BookmarkRequest("here"), default);
        var webp = await _host.BookmarkPictureAsync(session.Id, bookmark.Id, default);
        var decoded = await FfmpegProgram.RunAsync(webp.ToArray(), "-v", "error", "-f", "webp_pipe", "-i", "pipe:0", "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1");
        var card = _host.Model;
        Assert.Equal(card.Width * card.Height * 3, decoded.Length);
        Assert.True(decoded.Distinct().Count() > 16, "The picture is empty.");
    }

    /// <summary>Block by block from two beginnings. On a machine that is busy a watch skips a block that is too late; most are there always.</summary>
    private static void EqualWhereBothWereSeen(IReadOnlyList<EncodedBlock> one, long oneBegins, IReadOnlyList<EncodedBlock> other, long otherBegins)
    {
        var common = one.Join(other, block => block.Number - oneBegins, block => block.Number - otherBegins, (a, b) => (a.FrameHash, b.FrameHash)).ToList();
        Assert.True(common.Count >= 2, $"Only {common.Count} blocks were seen both times.");
        Assert.All(common, pair => Assert.Equal(pair.Item1, pair.Item2));
    }

    private async Task<IReadOnlyList<EncodedBlock>> WatchAsync(string id, long? from, int blocks)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var seen = new List<EncodedBlock>();
        await foreach (var block in _host.WatchAsync(id, from, patience.Token))
        {
            seen.Add(block);
            if (seen.Count == blocks) break;
        }

        return seen;
    }
}
