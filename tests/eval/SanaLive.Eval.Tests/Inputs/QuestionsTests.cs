using System.Text;
using SanaLive.Eval.Inputs;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Eval.Tests.Inputs;

public sealed class QuestionsTests
{
    [Fact]
    public void Parse_ASentence_HasItsTextAndWhatItNames()
    {
        var sentence = Questions.Parse("""{"text":"MAKE it nihgt","values":{"time":"night","biome":null}}""");
        Assert.Equal("MAKE it nihgt", sentence.Text);
        Assert.Equal([("time", "night")], sentence.Named.Select(pair => (pair.Key, pair.Value)));
    }

    [Theory]
    [InlineData("Traceback (most recent call last):")]
    [InlineData("""{"text":"x"}""")]
    [InlineData("""["x"]""")]
    public void Parse_SomethingElse_SaysWhatWasWritten(string line) =>
        Assert.Contains(line, Assert.Throws<EvalException>(() => Questions.Parse(line)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Read_OneClipAfterTheOther_ThenNull()
    {
        var head = Encoding.UTF8.GetBytes("""{"values":{"speed":"slow"},"pixelsPerSecond":-10.0,"frames":1,"height":1,"width":2}""" + "\n");
        using var output = new MemoryStream([.. head, 1, 2, 3, 4, 5, 10, .. head, 6, 7, 8, 9, 10, 11]);
        var first = await Questions.ReadAsync(output, CancellationToken.None);
        var second = await Questions.ReadAsync(output, CancellationToken.None);
        Assert.Equal([1, 2, 3, 4, 5, 10], first!.Frames);
        Assert.Equal(-10, second!.PixelsPerSecond);
        Assert.Equal([6, 7, 8, 9, 10, 11], second.Frames);
        Assert.Null(await Questions.ReadAsync(output, CancellationToken.None));
    }

    [Fact]
    public void Options_AreReadOrRefusedByName()
    {
        Assert.Equal(new EvalOptions(true, "m", "o", 2, Precision.Int8), EvalOptions.Parse(["--quick", "--model", "m", "--out", "o", "--threads", "2", "--precision", "int8"]));
        Assert.Contains("--fast", Assert.Throws<FormatException>(() => EvalOptions.Parse(["--fast"])).Message, StringComparison.Ordinal);
        Assert.Contains("--precision", Assert.Throws<FormatException>(() => EvalOptions.Parse(["--precision", "fp16"])).Message, StringComparison.Ordinal);
        Assert.Contains("--out", Assert.Throws<FormatException>(() => EvalOptions.Parse(["--out"])).Message, StringComparison.Ordinal);
        Assert.Contains("--threads", Assert.Throws<FormatException>(() => EvalOptions.Parse(["--threads", "-1"])).Message, StringComparison.Ordinal);
    }
}
