using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Checkpoints.Published;
using SanaLive.Runtime.Engine;
using SanaLive.Runtime.Kernels.Cpu;
using SanaLive.Runtime.State;

namespace SanaLive.Runtime.Tests.Engine;

/// <summary>Published folders through the engine that runs the embedded model, on a small one with random weights at real names and shapes.</summary>
public sealed class PublishedModelTests : IAsyncLifetime
{
    private const int Picture = 32 * 48 * 3;
    private readonly TestPublished model = new(PublishedKind.LongSana);
    private CpuEngine engine = null!;
    private Prompt prompt = null!;

    public async Task InitializeAsync()
    {
        engine = CpuEngine.Load(model.Path, new CpuEngineOptions { Threads = 2, Size = TestPublished.Size }, TimeProvider.System);
        prompt = await engine.ReadPromptAsync(null, "a small boat on the sea", default);
    }

    public async Task DisposeAsync()
    {
        await engine.DisposeAsync();
        model.Dispose();
    }

    [Fact]
    public void Card_OfLongSana_IsThatOfTheReference()
    {
        var card = engine.Model;
        Assert.Equal((48, 32, 16, 40, 41, 4, "sum"), (card.Width, card.Height, card.FramesPerSecond, card.FramesPerBlock, card.FirstBlockFrames, card.Steps, card.StatePolicy));
        Assert.Equal(PromptSemantics.Replace, card.PromptSemantics);
        Assert.Equal(TimeSpan.FromSeconds(2.5), card.BlockDuration);
        Assert.Contains("LongLive", card.Name, StringComparison.Ordinal);
    }

    [Fact]
    public void Transformer_OfLongSana_HasTheEpsValuesItWasTrainedWith()
    {
        using var kernels = new CpuKernelSet(1);
        using var longSana = VideoModel.Load(model.Path, kernels, size: TestPublished.Size);
        Assert.Equal((1e-8f, 1e-6f), (longSana.Transformer.Config.AttentionEps, longSana.Transformer.Config.CrossQkNormEps));
        Assert.Equal([1000f, 960, 889, 727], Enumerable.Range(0, 4).Select(longSana.Index.Plan.Timestep));
    }

    [Fact]
    public void Load_WhenAStreamNeedsMoreMemoryThanIsFree_IsRefusedWithTheNumbers()
    {
        var options = new CpuEngineOptions { Threads = 1, Size = TestPublished.Size, AvailableMemory = () => 1000 };
        Assert.Contains("0.0 GB are free", Assert.Throws<InsufficientMemoryException>(() => CpuEngine.Load(model.Path, options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Generate_FirstBlockHasFortyOnePictures_LaterOnesForty_AndTheyAreTheSameAgain()
    {
        var (first, second) = (await BlocksAsync(3), await BlocksAsync(3));
        Assert.Equal([41, 40, 40], first.Select(block => block.Length / Picture));
        for (var block = 0; block < 3; block++)
            Assert.Equal(first[block], second[block]);
        Assert.NotEqual(first[1], first[2]);
    }

    [Fact]
    public async Task Load_OfASavedStream_GoesOnBitForBit_AfterEveryBlock()
    {
        var straight = await BlocksAsync(3);
        for (var at = 0; at < 3; at++)
        {
            using var stream = engine.CreateStream(5);
            for (var block = 0; block < at; block++)
                await engine.GenerateAsync(stream, Request(), default);
            using var loaded = await engine.LoadStreamAsync(await engine.SaveStreamAsync(stream, default), default);
            for (var block = at; block < 3; block++)
                Assert.Equal(straight[block], (await engine.GenerateAsync(loaded, Request(), default)).Frames);
        }
    }

    [Fact]
    public async Task Cue_ReplacesThePrompt_AndTheBlockBeforeIsRunAgainUnderIt()
    {
        var straight = await BlocksAsync(2);
        var next = await engine.ReadPromptAsync(prompt, "a lighthouse above the quiet sea, and nobody there", default);
        Assert.NotEqual(prompt.Tokens, next.Tokens);
        Assert.DoesNotContain("boat", next.Meaning, StringComparison.Ordinal);
        using var stream = engine.CreateStream(5);
        Assert.Equal(straight[0], (await engine.GenerateAsync(stream, Request(), default)).Frames);
        var switched = await engine.GenerateAsync(stream, new BlockRequest(next, DateTimeOffset.MinValue, prompt, 0.5f, Recache: true), default);
        Assert.Equal(40, switched.Frames.Length / Picture);
        Assert.NotEqual(straight[1], switched.Frames);
    }

    [Fact]
    public async Task Cut_BeginsANewScene_WithAPictureMore()
    {
        using var stream = engine.CreateStream(5);
        await engine.GenerateAsync(stream, Request(), default);
        var cut = await engine.GenerateAsync(stream, Request() with { Cut = true }, default);
        var after = await engine.GenerateAsync(stream, Request(), default);
        Assert.Equal((41, 40), (cut.Frames.Length / Picture, after.Frames.Length / Picture));
        using var loaded = await engine.LoadStreamAsync(await engine.SaveStreamAsync(stream, default), default);
        Assert.Equal((await engine.GenerateAsync(stream, Request(), default)).Frames, (await engine.GenerateAsync(loaded, Request(), default)).Frames);
    }

    [Fact]
    public async Task Generate_AfterBlocksInLatentsOnly_HasAllItsPictures()
    {
        using var stream = engine.CreateStream(5);
        for (var block = 0; block < 2; block++)
            Assert.Empty((await engine.GenerateAsync(stream, Request() with { Decode = false }, default)).Frames);
        Assert.Equal(40, (await engine.GenerateAsync(stream, Request(), default)).Frames.Length / Picture);
    }

    [Fact]
    public async Task StartImage_IsTheFirstPictureOfTheStream()
    {
        byte[] grey = [.. Enumerable.Repeat((byte)128, Picture)], loud = [.. Enumerable.Range(0, Picture).Select(i => (byte)(i * 37))];
        var (a, b) = (await FirstAsync(grey), await FirstAsync(loud));
        Assert.Equal(41, a.Length / Picture);
        Assert.NotEqual(a, b);
        Assert.Equal(a, await FirstAsync(grey));

        async Task<byte[]> FirstAsync(byte[] rgb)
        {
            using var stream = engine.CreateStream(5, await engine.ReadImageAsync(rgb, default));
            return (await engine.GenerateAsync(stream, Request(), default)).Frames;
        }
    }

    [Fact]
    public async Task Load_AStreamOfAnotherSizeOfAsManyPixels_IsRefused()
    {
        using var stream = engine.CreateStream(5);
        var saved = await engine.SaveStreamAsync(stream, default);
        await using var tall = CpuEngine.Load(model.Path, new CpuEngineOptions { Threads = 2, Size = new PictureSize(48, 32) }, TimeProvider.System);
        Assert.NotEqual(engine.Model.Fingerprint, tall.Model.Fingerprint);
        await Assert.ThrowsAsync<StateException>(async () => await tall.LoadStreamAsync(saved, default));
    }

    [Fact]
    public void Load_AModelOfClips_SaysThatItMakesNoStreams_AndWhatDoes()
    {
        using var clips = new TestPublished(PublishedKind.Clip);
        var error = Assert.Throws<CheckpointException>(() => CpuEngine.Load(clips.Path));
        Assert.Contains("./sanalive generate", error.Message, StringComparison.Ordinal);
        Assert.Contains("LongLive", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("30x48")]
    [InlineData("4x44")]
    public void Load_ASizeThatItsLatentsCannotHave_IsRefused(string size)
    {
        var options = new CpuEngineOptions { Size = PictureSize.Parse(size) };
        Assert.Contains("multiples of 8", Assert.Throws<CheckpointException>(() => CpuEngine.Load(model.Path, options)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tokenizer/tokenizer.json")]
    [InlineData("text_encoder/model.safetensors")]
    [InlineData("vae/config.json")]
    [InlineData("vae/diffusion_pytorch_model.safetensors")]
    [InlineData("transformer/diffusion_pytorch_model.safetensors")]
    public void Load_WithAFileMissing_NamesItsPlace(string file)
    {
        using var broken = new TestPublished(PublishedKind.LongSana);
        File.Delete(Path.Combine(broken.Path, file));
        Assert.Contains(file.Split('/')[0], Assert.Throws<CheckpointException>(() => CpuEngine.Load(broken.Path)).Message, StringComparison.Ordinal);
    }

    private BlockRequest Request() => new(prompt, DateTimeOffset.MinValue);

    private async Task<List<byte[]>> BlocksAsync(int count)
    {
        using var stream = engine.CreateStream(5);
        var blocks = new List<byte[]>();
        for (var block = 0; block < count; block++)
            blocks.Add((await engine.GenerateAsync(stream, Request(), default)).Frames);
        return blocks;
    }
}
