using SanaLive.Runtime.Engine;
using SanaLive.Runtime.Kernels.Cpu;

namespace SanaLive.Runtime.Tests.Engine;

/// <summary>What the words of the world that comes with the program mean, read by its trained text encoder.</summary>
public sealed class EmbeddedPromptTests(EmbeddedPromptTests.Loaded loaded) : IClassFixture<EmbeddedPromptTests.Loaded>
{
    private readonly VideoModel model = loaded.Model;

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

    [Theory]
    [InlineData("Make it NIGHT", "night")]
    [InlineData("the sun rises", "dawn")]
    [InlineData("it starts to snow", "snow")]
    [InlineData("a boat appears", "boat")]
    [InlineData("speed up", "fast")]
    [InlineData("go left", "to the left")]
    [InlineData("in ink", "ink style")]
    [InlineData("a dessert", "desert")]
    public void Read_ACueThatNamesOneAttribute_SaysSoAndKeepsTheOthers(string text, string expected)
    {
        var before = Set(("biome", "city"), ("subject", "bus"), ("weather", "rain"), ("speed", 42), ("style", "neon"), ("direction", "right"), ("hour", 17));
        var after = model.Prompts.Read(before, text);
        Assert.Equal([expected], after.Understood);
        Assert.Contains(expected, after.Meaning, StringComparison.Ordinal);
        Assert.Empty(after.NotUnderstood);
        Assert.Equal(1, before.Controls.Count(control => control.Key is not "hour" && after.Controls[control.Key] != control.Value) + (after.Controls["hour"] != 17 ? 1 : 0));
    }

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

    [Fact]
    public void Read_WordsAndAControlForTheSame_TheControlCounts()
    {
        var prompt = model.Prompts.Read(null, "a slow train by night", new Dictionary<string, ControlValue> { ["speed"] = 55, ["hour"] = 13.5 });
        Assert.Equal("meadow at 13:30, clear sky, train, 55 px/s, to the right, natural colours", prompt.Meaning);
        Assert.Equal(["13:30", "train", "55 px/s"], prompt.Understood);
    }

    [Fact]
    public void Read_TheDefaultPrompt_IsTheDefaultOfEveryControl()
    {
        var prompt = model.Prompts.Read(null, model.Card.DefaultPrompt);
        Assert.Equal(model.Card.DefaultPrompt, prompt.Meaning);
        Assert.All(model.Card.Controls, control => Assert.Equal(control.Default, prompt.Controls[control.Name]));
        Assert.Null(model.Card.ProblemWith(prompt.Controls.Where(control => control.Key != "hour").ToDictionary()));
    }

    [Fact]
    public void Read_EveryWordOfTheVocabulary_IsUnderstood()
    {
        foreach (var attribute in model.Card.Vocabulary)
        {
            foreach (var word in attribute.Values)
                Assert.Equal([word], model.Prompts.Read(null, attribute.Name == "speed" ? $"{word} speed" : word).Understood);
        }
    }

    private Prompt Set(params (string Name, ControlValue Value)[] controls) =>
        model.Prompts.Read(null, null, controls.ToDictionary(control => control.Name, control => control.Value));

    /// <summary>Read once for all tests.</summary>
    public sealed class Loaded : IDisposable
    {
        private readonly CpuKernelSet kernels = new(threads: 1);

        public Loaded() => Model = VideoModel.Load(EmbeddedModel.FindFolder(), kernels);

        public VideoModel Model { get; }

        public void Dispose()
        {
            Model.Dispose();
            kernels.Dispose();
        }
    }
}
