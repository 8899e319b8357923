using SanaLive.Runtime.Engine;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Tests.Engine;

public sealed class CpuEngineTests
{
    [Fact]
    public async Task Generate_SameSeedAndPrompts_SameFramesForAnyNumberOfThreads()
    {
        using var model = new TestModel();
        var one = await Clip(model.Path, threads: 1, seed: 5);
        var two = await Clip(model.Path, threads: 2, seed: 5);
        var other = await Clip(model.Path, threads: 2, seed: 6);
        Assert.Equal(one, two);
        Assert.NotEqual(one, other);
    }

    [Fact]
    public async Task Generate_TwoStreamsAtOnce_AreWhatEachIsAlone()
    {
        using var model = new TestModel();
        await using var engine = Load(model.Path);
        var prompt = await engine.ReadPromptAsync(null, "night", CancellationToken.None);
        using var first = engine.CreateStream(1);
        using var second = engine.CreateStream(2);
        var (a, b) = (new List<byte>(), new List<byte>());
        for (var block = 0; block < 3; block++)
        {
            a.AddRange((await engine.GenerateAsync(first, new BlockRequest(prompt, default), CancellationToken.None)).Frames);
            b.AddRange((await engine.GenerateAsync(second, new BlockRequest(prompt, default), CancellationToken.None)).Frames);
        }

        Assert.Equal(await Clip(model.Path, 2, 1), a);
        Assert.Equal(await Clip(model.Path, 2, 2), b);
    }

    [Fact]
    public async Task Generate_InLatentsOnly_LaterPicturesAreThoseOfAStreamThatWasDecodedFromItsBeginning()
    {
        using var model = new TestModel();
        await using var engine = Load(model.Path);
        var prompt = await engine.ReadPromptAsync(null, "night", CancellationToken.None);
        using var decoded = engine.CreateStream(5);
        using var jumping = engine.CreateStream(5);
        for (var block = 0; block < 8; block++)
        {
            var whole = await engine.GenerateAsync(decoded, new BlockRequest(prompt, default), CancellationToken.None);
            var part = await engine.GenerateAsync(jumping, new BlockRequest(prompt, default, Decode: block >= 3), CancellationToken.None);
            if (block < 3)
                Assert.Empty(part.Frames);
            if (block >= 6)
                Assert.Equal(whole.Frames, part.Frames);
        }
    }

    [Fact]
    public async Task Generate_ACut_OwesNothingToWhatWasShownBefore()
    {
        using var model = new TestModel(firstBlock: ", \"first_block_timesteps\": [1000, 800, 400]");
        await using var engine = Load(model.Path);
        var (night, day) = (await engine.ReadPromptAsync(null, "night", CancellationToken.None), await engine.ReadPromptAsync(null, "day", CancellationToken.None));
        var afterNight = await Cut(night, cut: true);
        var afterDay = await Cut(day, cut: true);
        Assert.Equal(afterNight, afterDay);
        Assert.NotEqual(await Cut(night, cut: false), await Cut(day, cut: false));

        async Task<byte[]> Cut(Prompt before, bool cut)
        {
            using var stream = engine.CreateStream(5);
            for (var block = 0; block < 3; block++)
                await engine.GenerateAsync(stream, new BlockRequest(before, default), CancellationToken.None);
            var frames = new List<byte>();
            for (var block = 3; block < 6; block++)
            {
                var made = await engine.GenerateAsync(stream, new BlockRequest(day, default, Recache: block == 3, Cut: cut && block == 3), CancellationToken.None);
                Assert.Equal(block, made.Number);
                frames.AddRange(made.Frames);
            }

            return [.. frames];
        }
    }

    [Fact]
    public async Task Generate_Cancelled_LeavesTheStreamAsItWas()
    {
        using var model = new TestModel();
        await using var engine = Load(model.Path);
        var prompt = await engine.ReadPromptAsync(null, "night", CancellationToken.None);
        using var stream = engine.CreateStream(5);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        var frames = new List<byte>();
        for (var block = 0; block < 3; block++)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                async () => await engine.GenerateAsync(stream, new BlockRequest(prompt, default, Recache: true), cancelled.Token));
            Assert.Equal(block, stream.NextBlock);
            var made = await engine.GenerateAsync(stream, new BlockRequest(prompt, default), CancellationToken.None);
            Assert.Equal(block, made.Number);
            frames.AddRange(made.Frames);
        }

        Assert.Equal(await Clip(model.Path, 2, 5), frames);
    }

    [Fact]
    public async Task Generate_CancelledHalfWay_LeavesTheStreamAsItWas()
    {
        using var folder = new TestModel();
        using var kernels = new SanaLive.Runtime.Kernels.Cpu.CpuKernelSet(1);
        using var model = VideoModel.Load(folder.Path, kernels);
        using var generator = new BlockGenerator(model, TimeProvider.System);
        using var stream = new VideoStream(model, 5);
        using var twin = new VideoStream(model, 5);
        var request = new BlockRequest(model.Prompts.Read(null, "night"), default);
        var (frames, expected) = (new byte[generator.FrameBytes], new byte[generator.FrameBytes]);
        generator.Generate(stream, request, frames, CancellationToken.None);
        generator.Generate(twin, request, expected, CancellationToken.None);
        Assert.Throws<OperationCanceledException>(() => generator.Generate(stream, request with { Recache = true }, frames, new CancellationToken(true)));
        generator.Generate(stream, request, frames, CancellationToken.None);
        generator.Generate(twin, request, expected, CancellationToken.None);
        Assert.Equal(expected, frames);
    }

    [Fact]
    public async Task Generate_PromptOfAnotherModel_IsRefusedAndTheStreamGoesOn()
    {
        using var model = new TestModel();
        await using var engine = Load(model.Path);
        using var stream = engine.CreateStream(1);
        var foreign = new Prompt("x", "x", [], [], new float[6], 1);
        await Assert.ThrowsAsync<ArgumentException>(async () => await engine.GenerateAsync(stream, new BlockRequest(foreign, default), CancellationToken.None));
        var own = await engine.ReadPromptAsync(null, "day", CancellationToken.None);
        Assert.Equal(0, (await engine.GenerateAsync(stream, new BlockRequest(own, default), CancellationToken.None)).Number);
    }

    [Fact]
    public async Task Generate_WhileABlockIsUnderWay_IsRefused()
    {
        using var model = new TestModel();
        await using var engine = Load(model.Path);
        var prompt = await engine.ReadPromptAsync(null, "day", CancellationToken.None);
        using var stream = (VideoStream)engine.CreateStream(1);
        stream.Enter();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await engine.GenerateAsync(stream, new BlockRequest(prompt, default), CancellationToken.None));
        stream.Leave();
        await engine.GenerateAsync(stream, new BlockRequest(prompt, default), CancellationToken.None);
    }

    [Fact]
    public async Task Generate_DisposedStreamOrEngine_IsRefused()
    {
        using var model = new TestModel();
        var engine = Load(model.Path);
        var prompt = await engine.ReadPromptAsync(null, "day", CancellationToken.None);
        var stream = engine.CreateStream(1);
        stream.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await engine.GenerateAsync(stream, new BlockRequest(prompt, default), CancellationToken.None));
        await engine.DisposeAsync();
        await engine.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await engine.ReadPromptAsync(null, "day", CancellationToken.None));
    }

    [Fact]
    public async Task Blend_AtItsEnds_IsTheOneOrTheOtherPrompt()
    {
        using var model = new TestModel();
        await using var engine = Load(model.Path);
        var (old, to) = (await At(12), await At(0));
        Assert.Equal(await First(engine, new BlockRequest(old, default)), await First(engine, new BlockRequest(to, default, old, 0)));
        Assert.Equal(await First(engine, new BlockRequest(to, default)), await First(engine, new BlockRequest(to, default, old, 1)));
        var half = await First(engine, new BlockRequest(to, default, old, 0.5f));
        Assert.NotEqual(await First(engine, new BlockRequest(old, default)), half);
        Assert.NotEqual(await First(engine, new BlockRequest(to, default)), half);
        Assert.Equal(await First(engine, new BlockRequest(await At(18), default)), half);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await First(engine, new BlockRequest(to, default, old, 1.5f)));

        ValueTask<Prompt> At(double hour) => engine.ReadPromptAsync(null, null, new Dictionary<string, ControlValue> { ["hour"] = hour }, CancellationToken.None);
    }

    [Fact]
    public async Task Recache_AtAPromptSwitch_ChangesTheNextBlock()
    {
        using var model = new TestModel();
        await using var engine = Load(model.Path);
        var old = await engine.ReadPromptAsync(null, "desert", CancellationToken.None);
        var to = old with { Embedding = old.Embedding.ToArray().Select(value => -value).ToArray() };
        using var with = engine.CreateStream(1);
        using var without = engine.CreateStream(1);
        await engine.GenerateAsync(with, new BlockRequest(old, default, Recache: true), CancellationToken.None);
        await engine.GenerateAsync(without, new BlockRequest(old, default), CancellationToken.None);
        var recached = await engine.GenerateAsync(with, new BlockRequest(to, default, Recache: true), CancellationToken.None);
        var plain = await engine.GenerateAsync(without, new BlockRequest(to, default), CancellationToken.None);
        Assert.NotEqual(plain.Frames, recached.Frames);
    }

    [Theory]
    [InlineData(Precision.Fp32)]
    [InlineData(Precision.Int8)]
    public void Generate_AfterTheFirstBlocks_AllocatesNothing(Precision precision)
    {
        using var folder = new TestModel();
        using var kernels = new SanaLive.Runtime.Kernels.Cpu.CpuKernelSet(1);
        using var model = VideoModel.Load(folder.Path, kernels, precision);
        using var generator = new BlockGenerator(model, TimeProvider.System);
        using var stream = new VideoStream(model, 5);
        var frames = new byte[generator.FrameBytes];
        var request = new BlockRequest(model.Prompts.Read(null, "night"), default, Recache: true);
        for (var block = 0; block < 5; block++)
            generator.Generate(stream, request, frames, CancellationToken.None);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var block = 0; block < 5; block++)
            generator.Generate(stream, request, frames, CancellationToken.None);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public async Task StateBytes_AtEveryBlock_AreTheSame()
    {
        using var model = new TestModel(sampler: "euler", policy: "window(2)+sink");
        await using var engine = Load(model.Path);
        var prompt = await engine.ReadPromptAsync(null, "day", CancellationToken.None);
        using var stream = engine.CreateStream(1);
        var bytes = stream.StateBytes;
        for (var block = 0; block < 6; block++)
        {
            await engine.GenerateAsync(stream, new BlockRequest(prompt, default), CancellationToken.None);
            Assert.Equal(bytes, stream.StateBytes);
        }

        Assert.Equal("window(2)+sink", stream.StatePolicy);
    }

    [Fact]
    public async Task Load_ATinyModel_FillsTheCard()
    {
        using var model = new TestModel();
        await using var engine = Load(model.Path);
        var card = engine.Model;
        Assert.Equal((48, 32, 16, 8, 4), (card.Width, card.Height, card.FramesPerSecond, card.FramesPerBlock, card.Steps));
        Assert.Equal(TimeSpan.FromSeconds(0.5), card.BlockDuration);
        Assert.Equal(["biome", "time", "weather", "subject", "speed", "direction", "style"], card.Vocabulary.Select(attribute => attribute.Name));
        Assert.Equal(["biome", "time", "hour", "weather", "subject", "speed", "direction", "style"], card.Controls.Select(control => control.Name));
        Assert.True(engine.MeasuredBlocksPerSecond > 0);
        Assert.Equal(64, card.Fingerprint.Length);
        using var other = new TestModel(transformerScale: 0.5f);
        await using var second = Load(other.Path);
        Assert.NotEqual(card.Fingerprint, second.Model.Fingerprint);
    }

    [Theory]
    [InlineData("\"kind\": \"renoise\"", "\"kind\": \"magic\"", "magic")]
    [InlineData("[1000, 900, 750, 500]", "[500, 900]", "timesteps")]
    [InlineData("\"width\": 48", "\"width\": 50", "50 x 32")]
    [InlineData("SanaLiveWorldPipeline", "OtherPipeline", "OtherPipeline")]
    [InlineData("\"name\": \"tiny\", ", "", "name")]
    public void Load_IndexThatDoesNotFit_IsRefused(string from, string to, string expected)
    {
        using var model = new TestModel();
        var index = Path.Combine(model.Path, "model_index.json");
        File.WriteAllText(index, File.ReadAllText(index).Replace(from, to, StringComparison.Ordinal));
        var error = Assert.Throws<SanaLive.Runtime.Checkpoints.CheckpointException>(() => Load(model.Path));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    private static CpuEngine Load(string folder, int threads = 2) => CpuEngine.Load(folder, new CpuEngineOptions { Threads = threads, WarmUpBlocks = 1 });

    private static async Task<List<byte>> Clip(string folder, int threads, ulong seed)
    {
        await using var engine = Load(folder, threads);
        var prompt = await engine.ReadPromptAsync(null, "night", CancellationToken.None);
        using var stream = engine.CreateStream(seed);
        var frames = new List<byte>();
        for (var block = 0; block < 3; block++)
            frames.AddRange((await engine.GenerateAsync(stream, new BlockRequest(prompt, default), CancellationToken.None)).Frames);
        return frames;
    }

    private static async Task<byte[]> First(CpuEngine engine, BlockRequest request)
    {
        using var stream = engine.CreateStream(3);
        return (await engine.GenerateAsync(stream, request, CancellationToken.None)).Frames;
    }
}
