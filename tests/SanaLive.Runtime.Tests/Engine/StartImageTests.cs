using SanaLive.Runtime.Engine;
using SanaLive.Runtime.Kernels.Cpu;
using SanaLive.Runtime.Sampling;

namespace SanaLive.Runtime.Tests.Engine;

/// <summary>A stream that begins with a picture: image-to-video.</summary>
public sealed class StartImageTests : IDisposable
{
    private readonly TestModel folder = new();
    private readonly CpuKernelSet kernels = new(1);
    private readonly VideoModel model;
    private readonly BlockGenerator generator;
    private readonly BlockRequest request;

    public StartImageTests()
    {
        model = VideoModel.Load(folder.Path, kernels);
        generator = new BlockGenerator(model, TimeProvider.System);
        request = new BlockRequest(model.Prompts.Read(null, "night"), default);
    }

    public void Dispose()
    {
        generator.Dispose();
        model.Dispose();
        kernels.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void FirstBlock_BeginsWithThePicturesLatentsAndGoesOnWithOthers()
    {
        var start = model.ReadImage(Picture(1));
        using var stream = new VideoStream(model, 5, start);
        Block(stream);
        var latents = stream.Past.State.LastLatents.ToArray();
        Assert.Equal(start.Latents.ToArray(), latents[..model.LatentFrameLength]);
        Assert.NotEqual(start.Latents.ToArray(), latents[model.LatentFrameLength..]);
    }

    [Fact]
    public void FirstFrames_AreThePictureAsTheVaeReconstructsIt()
    {
        var start = model.ReadImage(Picture(1));
        using var history = model.Decoder.CreateHistory(model.LatentHeight, model.LatentWidth);
        var expected = new byte[generator.FrameBytes / 2];
        model.Decoder.Decode(start.Latents.Span, model.LatentHeight, model.LatentWidth, history, expected);
        using var stream = new VideoStream(model, 5, start);
        Assert.Equal(expected, Block(stream)[..expected.Length]);
    }

    [Fact]
    public void Picture_OfAnotherKind_HasOtherLatents() => Assert.NotEqual(model.ReadImage(Picture(1)).Latents.ToArray(), model.ReadImage(Picture(2)).Latents.ToArray());

    [Fact]
    public void Seed_DecidesWhatComesAfterThePictureAndNothingOfThePicture()
    {
        var start = model.ReadImage(Picture(1));
        var (once, again, other) = (Clip(5, start), Clip(5, model.ReadImage(Picture(1))), Clip(6, start));
        Assert.Equal(once, again);
        var still = generator.FrameBytes / 2;
        Assert.Equal(once[..still], other[..still]);
        Assert.NotEqual(once[still..], other[still..]);
    }

    [Fact]
    public void Picture_ChangesEveryLaterBlockToo()
    {
        var (first, second) = (Clip(5, model.ReadImage(Picture(1))), Clip(5, model.ReadImage(Picture(2))));
        for (var block = 0; block < 3; block++)
        {
            var at = block * generator.FrameBytes + generator.FrameBytes / 2;
            Assert.NotEqual(first[at..(at + generator.FrameBytes / 2)], second[at..(at + generator.FrameBytes / 2)]);
        }
    }

    [Fact]
    public void Transformer_IsToldOfTheCleanFrameInTheFirstBlockOnly()
    {
        var told = new List<int>();
        model.Transformer.Observer = (name, tensor) =>
        {
            if (name == "time_embed.embedded")
                told.Add(tensor.Rows);
        };
        using var stream = new VideoStream(model, 5, model.ReadImage(Picture(1)));
        Block(stream);
        Assert.Equal([2, 2, 2, 2, 1], told);
        told.Clear();
        Block(stream);
        Assert.Equal([1, 1, 1, 1, 1], told);
    }

    [Fact]
    public void FirstBlock_Cancelled_CanBeMadeAgain()
    {
        var start = model.ReadImage(Picture(1));
        using var stream = new VideoStream(model, 5, start);
        Assert.Throws<OperationCanceledException>(() => generator.Generate(stream, request, new byte[generator.FrameBytes], new CancellationToken(true)));
        Assert.Equal(Clip(5, start)[..generator.FrameBytes], Block(stream));
    }

    [Fact]
    public void Recache_RightAfterThePicture_KeepsTheStreamGoing()
    {
        using var stream = new VideoStream(model, 5, model.ReadImage(Picture(1)));
        Block(stream);
        generator.Generate(stream, request with { Recache = true }, new byte[generator.FrameBytes], CancellationToken.None);
        Assert.Equal(2, stream.NextBlock);
    }

    [Fact]
    public async Task Engine_ReadsAPictureAndBeginsAStreamWithIt()
    {
        await using var engine = CpuEngine.Load(folder.Path, new CpuEngineOptions { Threads = 1, WarmUpBlocks = 1 });
        var start = await engine.ReadImageAsync(Picture(1), CancellationToken.None);
        Assert.Empty(start.Controls);
        using var stream = engine.CreateStream(5, start);
        var block = await engine.GenerateAsync(stream, request, CancellationToken.None);
        Assert.Equal(Clip(5, start)[..generator.FrameBytes], block.Frames);
    }

    [Fact]
    public async Task Engine_PictureOfAnotherSizeOrModel_IsRefused()
    {
        await using var engine = CpuEngine.Load(folder.Path, new CpuEngineOptions { Threads = 1, WarmUpBlocks = 1 });
        var error = await Assert.ThrowsAsync<ArgumentException>(async () => await engine.ReadImageAsync(new byte[12], CancellationToken.None));
        Assert.Contains("48 x 32", error.Message, StringComparison.Ordinal);
        var foreign = new StartImage(new float[3], new Dictionary<string, ControlValue>());
        Assert.Contains("another model", Assert.Throws<ArgumentException>(() => engine.CreateStream(1, foreign)).Message, StringComparison.Ordinal);
    }

    private static byte[] Picture(ulong seed)
    {
        var noise = new float[48 * 32 * 3];
        CounterNoise.Fill(seed, 0, 0, noise);
        return [.. noise.Select(value => (byte)Math.Clamp(127 + 60 * value, 0, 255))];
    }

    private byte[] Block(VideoStream stream)
    {
        var frames = new byte[generator.FrameBytes];
        generator.Generate(stream, request, frames, CancellationToken.None);
        return frames;
    }

    private byte[] Clip(ulong seed, StartImage start)
    {
        using var stream = new VideoStream(model, seed, start);
        return [.. Enumerable.Range(0, 3).SelectMany(_ => Block(stream))];
    }
}
