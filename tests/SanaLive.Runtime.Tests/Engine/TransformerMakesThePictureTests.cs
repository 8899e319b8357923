using SanaLive.Runtime.Engine;
using SanaLive.Runtime.Kernels.Cpu;

namespace SanaLive.Runtime.Tests.Engine;

/// <summary>The picture comes from the transformer and nowhere else: no renderer hides in the runtime.</summary>
public sealed class TransformerMakesThePictureTests
{
    [Fact]
    public void Prompt_WithTheTransformersWeightsAtZero_ChangesNothing()
    {
        using var whole = new TestModel();
        using var empty = new TestModel(transformerScale: 0);
        Assert.NotEqual(Picture(whole.Path, 1), Picture(whole.Path, -1));
        Assert.Equal(Picture(empty.Path, 1), Picture(empty.Path, -1));
        Assert.NotEqual(Picture(whole.Path, 1), Picture(empty.Path, 1));
    }

    private static byte[] Picture(string folder, float sign)
    {
        using var kernels = new CpuKernelSet(1);
        using var model = VideoModel.Load(folder, kernels);
        using var generator = new BlockGenerator(model, TimeProvider.System);
        using var stream = new VideoStream(model, 1);
        var prompt = model.Prompts.Read(null, "night");
        prompt = prompt with { Embedding = prompt.Embedding.ToArray().Select(value => sign * value).ToArray() };
        var frames = new byte[generator.FrameBytes];
        generator.Generate(stream, new BlockRequest(prompt, default), frames, CancellationToken.None);
        return frames;
    }
}
