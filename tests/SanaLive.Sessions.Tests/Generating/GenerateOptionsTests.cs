using SanaLive.Generate;
using SanaLive.Runtime.Engine;

namespace SanaLive.Sessions.Tests.Generating;

public sealed class GenerateOptionsTests
{
    [Fact]
    public void Parse_AClipOfAPublishedModel_ReadsEveryOption()
    {
        var options = GenerateOptions.Parse(
            ["--model", "DIR", "--prompt", "a cat", "--image", "cat.png", "--negative", "blurry", "--size", "480x832", "--frames", "81", "--steps", "50", "--cfg", "6.5", "--seed", "7", "--out", "c.mp4"]);
        Assert.Equal(("DIR", "a cat", "cat.png", "blurry"), (options.Model, options.Prompt, options.Image, options.Negative));
        Assert.Equal((new PictureSize(480, 832), 81, 50, 6.5f, 7ul, "c.mp4"), (options.Size, options.Frames, options.Steps, options.Guidance, options.Seed, options.Out));
    }

    [Theory]
    [InlineData("--size", "832", "480x832")]
    [InlineData("--frames", "0", "--frames")]
    [InlineData("--frames", "many", "--frames")]
    [InlineData("--steps", "1001", "--steps")]
    [InlineData("--cfg", "-1", "--cfg")]
    [InlineData("--cfg", "NaN", "--cfg")]
    [InlineData("--seed", "-1", "--seed")]
    [InlineData("--what", "1", "--what")]
    public void Parse_Nonsense_IsRefusedByName(string name, string value, string named) =>
        Assert.Contains(named, Assert.Throws<FormatException>(() => GenerateOptions.Parse([name, value])).Message, StringComparison.Ordinal);

    [Fact]
    public void Parse_SecondsAndFrames_AreNotBothBelieved() =>
        Assert.Contains("one of them", Assert.Throws<FormatException>(() => GenerateOptions.Parse(["--seconds", "3", "--frames", "81"])).Message, StringComparison.Ordinal);
}
