using SanaLive.Runtime.Engine;

namespace SanaLive.Runtime.Tests.Engine;

/// <summary>One engine, many streams: who goes first.</summary>
public sealed class DeadlineTests : IAsyncLifetime
{
    private readonly TestModel _model = new();
    private readonly List<string> _begun = [];
    private CpuEngine _engine = null!;
    private Prompt _prompt = null!;

    public async Task InitializeAsync()
    {
        _engine = CpuEngine.Load(_model.Path, new CpuEngineOptions { Threads = 2, WarmUpBlocks = 1 });
        _prompt = await _engine.ReadPromptAsync(null, "night", CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        await _engine.DisposeAsync();
        _model.Dispose();
    }

    [Fact]
    public async Task Generate_SeveralWaiting_TheStreamThatWouldStallFirstGoesFirst()
    {
        var waiting = new List<Task>();
        await Block("running", 0, () =>
        {
            foreach (var (name, deadline) in new[] { ("third", 30), ("first", 10), ("fourth", 40), ("second", 20) })
                waiting.Add(Block(name, deadline));
        });
        await Task.WhenAll(waiting);
        Assert.Equal(["running", "first", "second", "third", "fourth"], _begun);
    }

    [Fact]
    public async Task Generate_AMoreUrgentBlockComes_TheOneUnderWayGivesWayBetweenTwoSteps()
    {
        using var slow = _engine.CreateStream(1);
        using var urgent = _engine.CreateStream(2);
        var (task, slowWasMade) = (Task.FromResult<GeneratedBlock>(null!), true);
        var held = await _engine.GenerateAsync(slow, new BlockRequest(_prompt, At(30), Begin: () =>
        {
            task = _engine.GenerateAsync(urgent, new BlockRequest(_prompt, At(10), Begin: () => !(slowWasMade = slow.NextBlock > 0)), default).AsTask();
            return true;
        }), default);

        var first = await task;
        Assert.False(slowWasMade);
        // What it waited for is no time of its own.
        Assert.True(held.Timings.Queued >= first.Timings.Compute, $"{held.Timings} gave way to {first.Timings}");
        Assert.Equal(await Alone(1), held.Frames);
        Assert.Equal(await Alone(2), first.Frames);
    }

    [Fact]
    public async Task Generate_ABlockOfTheSameDeadlineOrALaterOneComes_TheOneUnderWayGoesOn()
    {
        using var running = _engine.CreateStream(1);
        var (later, runningWasMade) = (new List<Task>(), new List<bool>());
        await _engine.GenerateAsync(running, new BlockRequest(_prompt, At(10), Begin: () =>
        {
            foreach (var deadline in new[] { 10, 20 })
                later.Add(Block("later", deadline, () => runningWasMade.Add(running.NextBlock == 1)));
            return true;
        }), default);
        await Task.WhenAll(later);
        Assert.Equal([true, true], runningWasMade);
    }

    [Fact]
    public async Task ReadPrompt_WhileABlockIsUnderWay_DoesNotWaitForItsEnd()
    {
        using var running = _engine.CreateStream(1);
        var reading = Task.FromResult(_prompt);
        var held = await _engine.GenerateAsync(running, new BlockRequest(_prompt, At(10), Begin: () =>
        {
            reading = _engine.ReadPromptAsync(null, "day", CancellationToken.None).AsTask();
            return true;
        }), default);
        Assert.NotEqual(_prompt.Meaning, (await reading).Meaning);
        Assert.Equal(await Alone(1), held.Frames);
    }

    [Fact]
    public async Task Generate_GivesWayToOneThatGivesWay_EveryStreamIsWhatItIsAlone()
    {
        var made = new Task<GeneratedBlock>[6];
        var streams = Enumerable.Range(0, made.Length).Select(i => _engine.CreateStream((ulong)i)).ToArray();
        Begin(0);
        for (var i = 0; i < made.Length; i++)
            Assert.Equal(await Alone((ulong)i), (await made[i]).Frames);
        foreach (var stream in streams)
            stream.Dispose();

        bool Begin(int depth)
        {
            if (depth < made.Length)
                made[depth] = _engine.GenerateAsync(streams[depth], new BlockRequest(_prompt, At(100 - depth), Begin: () => Begin(depth + 1)), default).AsTask();
            return true;
        }
    }

    [Fact]
    public async Task Generate_GivenBackWhenItsTurnHasCome_EndsLikeACancelledOneAndChangesNothing()
    {
        using var stream = _engine.CreateStream(1);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await _engine.GenerateAsync(stream, new BlockRequest(_prompt, default, Begin: () => false), default));
        Assert.Equal(0, stream.NextBlock);
        Assert.Equal(await Alone(1), (await _engine.GenerateAsync(stream, new BlockRequest(_prompt, default), default)).Frames);
    }

    private static DateTimeOffset At(int seconds) => DateTimeOffset.UnixEpoch.AddSeconds(seconds);

    private async Task Block(string name, int deadline, Action? begin = null)
    {
        using var stream = _engine.CreateStream(1);
        await _engine.GenerateAsync(stream, new BlockRequest(_prompt, At(deadline), Begin: () =>
        {
            _begun.Add(name);
            begin?.Invoke();
            return true;
        }), default);
    }

    private async Task<byte[]> Alone(ulong seed)
    {
        using var stream = _engine.CreateStream(seed);
        return (await _engine.GenerateAsync(stream, new BlockRequest(_prompt, default), default)).Frames;
    }
}
