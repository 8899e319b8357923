using SanaLive.Runtime.Engine;
using SanaLive.Runtime.Kernels.Cpu;

namespace SanaLive.Runtime.Tests.Engine;

/// <summary>What the words of the world that comes with the program mean, read by its trained text encoder.</summary>
public sealed class EmbeddedPromptTests : IDisposable
{
    private readonly CpuKernelSet kernels = new(threads: 1);
    private readonly VideoModel model;

    public EmbeddedPromptTests() => model = VideoModel.Load(EmbeddedModel.FindFolder(), kernels);

    [Theory]
    [InlineData("night, then day", "day")]
    [InlineData("day, then night", "night")]
    [InlineData("first a forest, later the sea", "sea")]
    [InlineData("first the sea, later a forest", "forest")]
    public void Read_TheSameWordsInAnotherOrder_MeansTheLaterOne(string text, string expected) =>
        Assert.Contains(expected, model.Prompts.Read(null, text).Meaning, StringComparison.Ordinal);

    [Fact]
    public void Read_TheSameWordsInAnotherOrder_GivesAnotherEmbedding() =>
        Assert.NotEqual(model.Prompts.Read(null, "night, then day").Embedding.ToArray(), model.Prompts.Read(null, "day, then night").Embedding.ToArray());

    [Fact]
    public void Read_ACueThatNamesOneAttribute_KeepsTheOthers()
    {
        var before = model.Prompts.Read(null, "a red train crossing a snowy forest at night");
        foreach (var word in new[] { "forest", "night", "snow", "train" })
            Assert.Contains(word, before.Meaning, StringComparison.Ordinal);
        var after = model.Prompts.Read(before, "the sun rises");
        Assert.DoesNotContain("night", after.Meaning, StringComparison.Ordinal);
        foreach (var word in new[] { "forest", "snow", "train" })
            Assert.Contains(word, after.Meaning, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AWordTheWorldDoesNotKnow_SaysSo()
    {
        var prompt = model.Prompts.Read(null, "a dragon over a FOREST at night");
        Assert.Contains("dragon", prompt.NotUnderstood);
        Assert.DoesNotContain("forest", prompt.NotUnderstood);
        Assert.Contains("night", prompt.Understood);
    }

    public void Dispose()
    {
        model.Dispose();
        kernels.Dispose();
    }
}
