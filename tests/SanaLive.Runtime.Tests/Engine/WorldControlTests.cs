using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Engine;
using SanaLive.Runtime.Kernels.Scalar;
using SanaLive.Runtime.Text;

namespace SanaLive.Runtime.Tests.Engine;

/// <summary>The world's controls: exact values without words, on a text encoder with random weights.</summary>
public sealed class WorldControlTests : IDisposable
{
    private readonly ScalarKernelSet<float> kernels = new();
    private readonly Checkpoint checkpoint;
    private readonly WorldPromptEncoder prompts;

    public WorldControlTests()
    {
        checkpoint = Checkpoint.Open(Folder);
        prompts = new WorldPromptEncoder(kernels, Folder, checkpoint);
    }

    private static string Folder => Path.Combine(Repository.Root, "tests/golden/world_text/text_encoder");

    [Fact]
    public void Controls_OfTheWorld_AreItsAttributesAndTheHour()
    {
        Assert.Equal(
            ["biome choice", "time choice", "hour number", "weather choice", "subject choice", "speed number", "direction choice", "style choice"],
            prompts.Controls.Select(control => $"{control.Name} {(control.Type == ControlType.Number ? "number" : "choice")}"));
        var speed = prompts.Controls.Single(control => control.Name == "speed");
        Assert.Equal((10, 60, "px/s", 30), (speed.Minimum, speed.Maximum, speed.Unit, speed.Default.Number));
        Assert.Equal(["slow", "medium", "fast"], speed.Values);
        var hour = prompts.Controls.Single(control => control.Name == "hour");
        Assert.Equal(("time", 0, 24, "h", 12, null), (hour.Attribute, hour.Minimum, hour.Maximum, hour.Unit, hour.Default.Number, hour.Values));
        var time = prompts.Controls.Single(control => control.Name == "time");
        Assert.Equal((null, null, null, "day"), (time.Minimum, time.Maximum, time.Unit, time.Default.Word));
        Assert.Equal(["dawn", "day", "sunset", "night"], time.Values);
    }

    [Fact]
    public void Read_ControlsAlone_SetsWhatTheyNameAndKeepsTheRest()
    {
        var before = Set(null, ("biome", "forest"), ("weather", "snow"));
        Assert.Equal("forest at day, snow, train, medium speed, to the right, natural colours", before.Meaning);
        var after = Set(before, ("speed", 42), ("direction", "left"), ("hour", 16.5));
        Assert.Equal("forest at 16:30, snow, train, 42 px/s, to the left, natural colours", after.Meaning);
        Assert.Equal(["16:30", "42 px/s", "to the left"], after.Understood);
        Assert.Equal("16:30, 42 px/s, to the left", after.Text);
        Assert.Empty(after.NotUnderstood);
        Assert.Equal((42, 16.5, "forest"), (after.Controls["speed"].Number, after.Controls["hour"].Number, after.Controls["biome"].Word));
        Assert.False(after.Controls.ContainsKey("time"), "no word says 16:30");
    }

    [Fact]
    public void Read_EqualWorlds_HaveEqualEmbeddingsHoweverTheyWereAskedFor()
    {
        var words = Set(null, ("time", "night"), ("speed", "fast"), ("style", "neon"));
        var numbers = Set(Set(Set(null, ("style", "neon")), ("hour", 24)), ("speed", 60));
        Assert.Equal(words.Meaning, numbers.Meaning);
        Assert.Equal(words.Controls, numbers.Controls);
        Assert.Equal(words.Embedding.ToArray(), numbers.Embedding.ToArray());
        Assert.Equal((7, 7 * 128), (words.Tokens, words.Embedding.Length));
    }

    [Fact]
    public void Read_AThousandControls_LosesNothingOfTheOthers()
    {
        var prompt = Set(null, ("speed", 42.1), ("hour", 16.7), ("subject", "horse"));
        for (var i = 0; i < 1000; i++)
            prompt = Set(prompt, ("direction", i % 2 == 0 ? "left" : "right"));
        Assert.Equal((42.1, 16.7), (prompt.Controls["speed"].Number, prompt.Controls["hour"].Number));
        Assert.Equal(Set(null, ("speed", 42.1), ("hour", 16.7), ("subject", "horse")).Embedding.ToArray(), prompt.Embedding.ToArray());
    }

    [Theory]
    [InlineData("speed", 20, "slow", "medium", 0.5f)]
    [InlineData("speed", 52.5, "medium", "fast", 0.75f)]
    [InlineData("hour", 9, "dawn", "day", 0.5f)]
    [InlineData("hour", 22.5, "sunset", "night", 0.75f)]
    [InlineData("hour", 1.5, "night", "dawn", 0.25f)]
    public void Read_ANumberBetweenTwoWords_LiesBetweenTheirConditions(string control, double number, string low, string high, float share)
    {
        var word = control == "hour" ? "time" : control;
        var (from, to) = (Set(null, (word, low)).Embedding.ToArray(), Set(null, (word, high)).Embedding.ToArray());
        var between = Set(null, (control, number)).Embedding.ToArray();
        Assert.NotEqual(from, to);
        Assert.All(between.Select((value, i) => value - (from[i] * (1 - share) + to[i] * share)), error => Assert.InRange(error, -1e-5f, 1e-5f));
    }

    [Theory]
    [InlineData(0, "at night")]
    [InlineData(24, "at night")]
    [InlineData(6, "at dawn")]
    [InlineData(12, "at day")]
    [InlineData(18, "at sunset")]
    [InlineData(3.25, "at 03:15")]
    [InlineData(23.9999, "at 00:00")]
    public void Meaning_OfAnHour_IsAWordOrAClock(double hour, string expected) =>
        Assert.Contains(expected, Set(null, ("hour", hour)).Meaning, StringComparison.Ordinal);

    [Fact]
    public void Read_WordsAndControlsOfOneAttribute_TheControlWins()
    {
        var words = prompts.Read(null, "day, then night");
        var both = prompts.Read(null, "day, then night", Controls(("speed", 17), ("biome", "desert"), ("weather", "rain"), ("subject", "bird"), ("style", "ink")));
        Assert.NotEqual(words.Meaning, both.Meaning);
        Assert.Equal("desert at day, rain, bird, 17 px/s, to the right, ink style", both.Meaning);
        Assert.Equal("day, then night", both.Text);
        Assert.Equal(both.Understood.Count, both.Understood.Distinct().Count());
        Assert.Contains("17 px/s", both.Understood);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?! ... \u2014")]
    public void Read_ATextWithoutWords_ChangesNothing(string text)
    {
        var before = Set(null, ("speed", 42));
        var after = prompts.Read(before, text);
        Assert.Equal(before.Meaning, after.Meaning);
        Assert.Equal(before.Embedding.ToArray(), after.Embedding.ToArray());
        Assert.Empty(after.Understood);
    }

    [Fact]
    public void Read_APromptOfAnotherModel_IsRefused()
    {
        var foreign = new Prompt("x", "x", [], [], new float[6], 1);
        Assert.Throws<ArgumentException>(() => prompts.Read(foreign, "night"));
        Assert.Throws<ArgumentException>(() => prompts.Read(foreign with { Controls = Controls(("altitude", 5)) }, "night"));
    }

    [Theory]
    [InlineData(12, 0, 0.5f, 18)]
    [InlineData(0, 12, 0.5f, 6)]
    [InlineData(22, 2, 0.25f, 23)]
    [InlineData(2, 22, 0.75f, 23)]
    [InlineData(6, 18, 0.25f, 9)]
    public void Blend_OfHours_GoesRoundTheClockByTheShorterWay(double from, double to, float weight, double expected)
    {
        var blended = prompts.Blend(Set(null, ("hour", from)), Set(null, ("hour", to)), weight);
        Assert.Equal(expected, blended.Controls["hour"].Number!.Value, 6);
        Assert.Equal(Set(null, ("hour", expected)).Embedding.ToArray(), blended.Embedding.ToArray());
    }

    [Fact]
    public void Blend_OfWordsAndNumbers_NumbersWalkAndWordsChangeAtOnce()
    {
        var (from, to) = (Set(null, ("biome", "sea"), ("speed", 20)), Set(null, ("biome", "city"), ("speed", 40)));
        Assert.Same(from, prompts.Blend(from, to, 0));
        Assert.Same(to, prompts.Blend(from, to, 1));
        Assert.Equal(Set(null, ("biome", "city"), ("speed", 25)).Embedding.ToArray(), prompts.Blend(from, to, 0.25f).Embedding.ToArray());
        var twice = prompts.Blend(prompts.Blend(from, to, 0.5f), Set(null, ("speed", 50)), 0.5f);
        Assert.Equal((40, "meadow"), (twice.Controls["speed"].Number, twice.Controls["biome"].Word));
        Assert.Throws<ArgumentException>(() => prompts.Blend(new Prompt("x", "x", [], [], new float[6], 1), to, 0.5f));
    }

    [Theory]
    [InlineData("config.json", "\"version\": 2", "\"version\": 3", "version 3")]
    [InlineData("config.json", "\"version\": 2,", "", "version 1")]
    [InlineData("config.json", "\"slots\": 7", "\"slots\": 6", "6 slots")]
    [InlineData("vocabulary.json", "\"knots\": [10, 30, 60]", "\"knots\": [10, 30]", "scale of speed")]
    [InlineData("vocabulary.json", "\"knots\": [10, 30, 60]", "\"knots\": [10, 60, 30]", "scale of speed")]
    [InlineData("vocabulary.json", "\"scales\"", "\"scale\"", "scales")]
    public void Load_AnotherVersionOrAScaleThatDoesNotFit_IsRefusedWithASentence(string file, string from, string to, string expected)
    {
        using var copy = new TemporaryFolder();
        foreach (var source in Directory.GetFiles(Folder))
            File.Copy(source, copy.File(Path.GetFileName(source)));
        var json = System.Text.RegularExpressions.Regex.Replace(File.ReadAllText(copy.File(file)), @"\s+", " ").Replace("[ ", "[").Replace(" ]", "]");
        Assert.Contains(from, json, StringComparison.Ordinal);
        File.WriteAllText(copy.File(file), json.Replace(from, to, StringComparison.Ordinal));
        using var weights = Checkpoint.Open(copy.Path);
        var error = Assert.Throws<CheckpointException>(() => new WorldPromptEncoder(kernels, copy.Path, weights));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Engine_AskedForAControlThatCannotBe_RefusesWithItsRange()
    {
        using var model = new TestModel();
        await using var engine = CpuEngine.Load(model.Path, new CpuEngineOptions { Threads = 1, WarmUpBlocks = 1 });
        var error = await Assert.ThrowsAsync<ArgumentException>(async () => await engine.ReadPromptAsync(null, null, Controls(("speed", 75)), CancellationToken.None));
        Assert.Contains("The control 'speed' is a number from 10 to 60 px/s or one of slow, medium, fast, not 75.", error.Message, StringComparison.Ordinal);
        var prompt = await engine.ReadPromptAsync(null, null, Controls(("speed", 42)), CancellationToken.None);
        using var stream = engine.CreateStream(1);
        var slow = await engine.ReadPromptAsync(null, null, Controls(("speed", "slow")), CancellationToken.None);
        using var other = engine.CreateStream(1);
        Assert.NotEqual(
            (await engine.GenerateAsync(stream, new BlockRequest(prompt, default), CancellationToken.None)).Frames,
            (await engine.GenerateAsync(other, new BlockRequest(slow, default), CancellationToken.None)).Frames);
    }

    public void Dispose()
    {
        prompts.Dispose();
        checkpoint.Dispose();
        kernels.Dispose();
    }

    private static Dictionary<string, ControlValue> Controls(params (string Name, ControlValue Value)[] controls) =>
        controls.ToDictionary(control => control.Name, control => control.Value);

    private Prompt Set(Prompt? previous, params (string Name, ControlValue Value)[] controls) => prompts.Read(previous, null, Controls(controls));
}
