using SanaLive.Runtime.Engine;
using SanaLive.Runtime.Kernels.Cpu;
using SanaLive.Runtime.State;

namespace SanaLive.Runtime.Tests.Engine;

public sealed class SavedStreamTests
{
    [Theory]
    [InlineData("window(3)")]
    [InlineData("window(2)+sink")]
    [InlineData("decay(0.9)")]
    [InlineData("sum")]
    public async Task Load_OfAStreamSavedAtAnyBlock_GoesOnBitForBitOnAnotherEngine(string policy)
    {
        using var model = new TestModel(policy: policy);
        await using var first = Load(model.Path, threads: 1);
        await using var second = Load(model.Path, threads: 2);
        var script = await ScriptAsync(first);
        using var whole = first.CreateStream(5);
        var saved = new List<SavedStream>();
        var expected = new List<byte[]>();
        foreach (var request in script)
        {
            saved.Add(await first.SaveStreamAsync(whole, CancellationToken.None));
            expected.Add((await first.GenerateAsync(whole, request, CancellationToken.None)).Frames);
        }

        for (var block = 0; block < script.Count; block++)
        {
            Assert.Equal(block, saved[block].NextBlock);
            using var loaded = await second.LoadStreamAsync(saved[block], CancellationToken.None);
            Assert.Equal((block, 5ul), (loaded.NextBlock, loaded.Seed));
            for (var next = block; next < Math.Min(block + 4, script.Count); next++)
                Assert.Equal(expected[next], (await second.GenerateAsync(loaded, script[next], CancellationToken.None)).Frames);
        }
    }

    [Fact]
    public async Task Load_Twice_GivesTwoStreamsThatDoNotDisturbEachOther()
    {
        using var model = new TestModel();
        await using var engine = Load(model.Path);
        var (night, day) = (await engine.ReadPromptAsync(null, "night", CancellationToken.None), await engine.ReadPromptAsync(null, "day", CancellationToken.None));
        using var parent = engine.CreateStream(5);
        for (var block = 0; block < 3; block++)
            await engine.GenerateAsync(parent, new BlockRequest(night, default), CancellationToken.None);
        var saved = await engine.SaveStreamAsync(parent, CancellationToken.None);
        using var same = await engine.LoadStreamAsync(saved, CancellationToken.None);
        using var other = await engine.LoadStreamAsync(saved, CancellationToken.None);
        for (var block = 3; block < 6; block++)
        {
            var expected = await engine.GenerateAsync(parent, new BlockRequest(night, default), CancellationToken.None);
            var elsewhere = await engine.GenerateAsync(other, new BlockRequest(day, default, Recache: block == 3), CancellationToken.None);
            Assert.Equal(expected.Frames, (await engine.GenerateAsync(same, new BlockRequest(night, default), CancellationToken.None)).Frames);
            Assert.NotEqual(expected.Frames, elsewhere.Frames);
        }
    }

    [Fact]
    public async Task Load_OfAStreamThatBeginsWithAPicture_BeginsWithItToo()
    {
        using var model = new TestModel();
        await using var engine = Load(model.Path);
        var prompt = await engine.ReadPromptAsync(null, "night", CancellationToken.None);
        var picture = await engine.ReadImageAsync(Enumerable.Range(0, 48 * 32 * 3).Select(i => (byte)i).ToArray(), CancellationToken.None);
        using var whole = engine.CreateStream(5, picture);
        using var loaded = await engine.LoadStreamAsync(await engine.SaveStreamAsync(whole, CancellationToken.None), CancellationToken.None);
        using var noise = engine.CreateStream(5);
        var expected = (await engine.GenerateAsync(whole, new BlockRequest(prompt, default), CancellationToken.None)).Frames;
        Assert.Equal(expected, (await engine.GenerateAsync(loaded, new BlockRequest(prompt, default), CancellationToken.None)).Frames);
        Assert.NotEqual(expected, (await engine.GenerateAsync(noise, new BlockRequest(prompt, default), CancellationToken.None)).Frames);
    }

    [Fact]
    public async Task Load_OnOtherVectors_GoesOnAndItsEngineIsToldApart()
    {
        if (CpuInstructionSets.Best == CpuInstructionSet.Vector128)
            return;
        using var model = new TestModel();
        await using var wide = Load(model.Path);
        await using var narrow = CpuEngine.Load(model.Path, new CpuEngineOptions { Threads = 1, InstructionSet = CpuInstructionSet.Vector128, WarmUpBlocks = 1 });
        var prompt = await wide.ReadPromptAsync(null, "night", CancellationToken.None);
        using var whole = wide.CreateStream(5);
        for (var block = 0; block < 2; block++)
            await wide.GenerateAsync(whole, new BlockRequest(prompt, default), CancellationToken.None);
        var saved = await wide.SaveStreamAsync(whole, CancellationToken.None);
        Assert.Equal(wide.Facts.Fingerprint, saved.Engine);
        Assert.NotEqual(narrow.Facts.Fingerprint, saved.Engine);
        using var moved = await narrow.LoadStreamAsync(saved, CancellationToken.None);
        var expected = (await wide.GenerateAsync(whole, new BlockRequest(prompt, default), CancellationToken.None)).Frames;
        var actual = (await narrow.GenerateAsync(moved, new BlockRequest(prompt, default), CancellationToken.None)).Frames;
        Assert.InRange(expected.Zip(actual).Max(pair => Math.Abs(pair.First - pair.Second)), 0, 2);
    }

    [Fact]
    public async Task Save_TakesTheSameRoomAtEveryBlockAndLessThanTheStream()
    {
        using var model = new TestModel();
        await using var engine = Load(model.Path);
        var prompt = await engine.ReadPromptAsync(null, "night", CancellationToken.None);
        using var stream = engine.CreateStream(5);
        var sizes = new List<int>();
        for (var block = 0; block < 8; block++)
        {
            await engine.GenerateAsync(stream, new BlockRequest(prompt, default), CancellationToken.None);
            sizes.Add((await engine.SaveStreamAsync(stream, CancellationToken.None)).Bytes.Length);
        }

        Assert.Single(sizes.Skip(2).Distinct());
        Assert.True(sizes[^1] < stream.StateBytes, $"{sizes[^1]} bytes are saved of a stream of {stream.StateBytes}.");
    }

    [Fact]
    public async Task Load_OfBytesThatAreCutShort_IsRefused()
    {
        using var model = new TestModel();
        await using var engine = Load(model.Path);
        var prompt = await engine.ReadPromptAsync(null, "night", CancellationToken.None);
        using var stream = engine.CreateStream(5);
        await engine.GenerateAsync(stream, new BlockRequest(prompt, default), CancellationToken.None);
        var saved = await engine.SaveStreamAsync(stream, CancellationToken.None);
        for (var length = 0; length < saved.Bytes.Length; length += 1 + length / 8)
        {
            var cut = saved with { Bytes = saved.Bytes[..length] };
            await Assert.ThrowsAsync<StateException>(async () => await engine.LoadStreamAsync(cut, CancellationToken.None));
        }
    }

    [Fact]
    public async Task Load_OfAnotherModelsStream_IsRefusedWithASentence()
    {
        using var model = new TestModel();
        using var otherModel = new TestModel(transformerScale: 0.5f);
        await using var engine = Load(model.Path);
        await using var other = Load(otherModel.Path);
        using var stream = engine.CreateStream(5);
        var saved = await engine.SaveStreamAsync(stream, CancellationToken.None);
        var error = await Assert.ThrowsAsync<StateException>(async () => await other.LoadStreamAsync(saved, CancellationToken.None));
        Assert.Contains("another model", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("world_vae", "world_vae_carry")]
    [InlineData("world_vae_carry", "world_vae")]
    public async Task Load_OfAStreamOfADecoderThatRemembersOtherThings_IsRefusedWithASentence(string before, string after)
    {
        using var model = new TestModel(vae: before);
        using var otherModel = new TestModel(vae: after);
        await using var engine = Load(model.Path);
        await using var other = Load(otherModel.Path);
        var prompt = await engine.ReadPromptAsync(null, "night", CancellationToken.None);
        using var stream = engine.CreateStream(5);
        for (var block = 0; block < 4; block++)
            await engine.GenerateAsync(stream, new BlockRequest(prompt, default), CancellationToken.None);
        var saved = await engine.SaveStreamAsync(stream, CancellationToken.None);
        var error = await Assert.ThrowsAsync<StateException>(async () => await other.LoadStreamAsync(saved, CancellationToken.None));
        Assert.Matches("another model|this model has at most", error.Message);
    }

    private static CpuEngine Load(string folder, int threads = 2) => CpuEngine.Load(folder, new CpuEngineOptions { Threads = threads, WarmUpBlocks = 1 });

    /// <summary>Ten blocks with all that may happen to a stream: a recache under a blend, a cut, blocks that nobody decodes.</summary>
    private static async Task<IReadOnlyList<BlockRequest>> ScriptAsync(CpuEngine engine)
    {
        var (night, day) = (await engine.ReadPromptAsync(null, "night", CancellationToken.None), await engine.ReadPromptAsync(null, "day", CancellationToken.None));
        return
        [
            new(night, default), new(night, default), new(day, default, night, 0.5f, Recache: true), new(day, default), new(day, default),
            new(night, default, Cut: true), new(night, default), new(night, default, Decode: false), new(night, default), new(night, default),
        ];
    }
}
