using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using SanaLive.Runtime.Engine;
using SanaLive.Sessions.Tests.Fakes;

namespace SanaLive.Sessions.Tests.Engines;

/// <summary>The embedded model on two engines of the processor, in real time.</summary>
public sealed class RealEngineMoveTests
{
    private const int Blocks = 9;

    [Fact]
    public async Task Move_BetweenTwoRealEngines_BlocksAreThoseOfAStreamThatNeverMoved()
    {
        await using var first = CpuEngine.Load(EmbeddedModel.FindFolder(), new CpuEngineOptions { Name = "cpu-0", Threads = 1, WarmUpBlocks = 1 });
        await using var second = CpuEngine.Load(EmbeddedModel.FindFolder(), new CpuEngineOptions { Name = "cpu-1", Threads = 1, WarmUpBlocks = 1 });
        await using var host = new InProcessSessionHost(
            [first, second], new FakeEncoder(), new FakePictureReader(),
            // A busy machine is no reason to fail: what is tested here are the blocks.
            Options.Create(new SessionOptions { SessionsPerEngine = 2, EngineTimeout = TimeSpan.FromMinutes(2) }), TimeProvider.System,
            NullLogger<InProcessSessionHost>.Instance);
        var (stays, moves) = (await CreateAsync(), await CreateAsync());
        var moving = MoveAsync();
        var expected = await WatchAsync(stays, _ => { });
        var made = await moving;
        Assert.Equal(expected, made.Hashes);
        Assert.Equal(Blocks, expected.Distinct().Count());
        Assert.Equal(["cpu-0", "cpu-1"], made.Engines.Order());

        async Task<string> CreateAsync()
        {
            var id = (await host.CreateAsync(new CreateSession(Seed: 11), default)).Id;
            await host.CueAsync(id, new CueRequest("night", AtBlock: 3, BlendBlocks: 3), default);
            await host.CueAsync(id, new CueRequest("a forest in the rain", AtBlock: 7, BlendBlocks: 0), default);
            return id;
        }

        async Task<(IReadOnlyList<string> Hashes, IReadOnlyCollection<string> Engines)> MoveAsync()
        {
            var engines = new HashSet<string>();
            var done = Task.CompletedTask;
            // In the middle of a blend, back again, and just before a cut.
            var hashes = await WatchAsync(moves, block =>
            {
                if (block is 3 or 4 or 6) done = GoAsync(done);
            });
            await done;
            return (hashes, engines);

            async Task GoAsync(Task before)
            {
                await before;
                var from = (await host.GetAsync(moves, default)).Engine;
                engines.Add((await host.MoveAsync(moves, from == "cpu-0" ? "cpu-1" : "cpu-0", default)).Engine);
            }
        }

        async Task<IReadOnlyList<string>> WatchAsync(string id, Action<long> seen)
        {
            var hashes = new List<string>();
            await foreach (var block in host.WatchAsync(id, 0, default))
            {
                Assert.Equal(hashes.Count, block.Number);
                hashes.Add(block.FrameHash);
                seen(block.Number);
                if (hashes.Count == Blocks) break;
            }

            return hashes;
        }
    }
}
