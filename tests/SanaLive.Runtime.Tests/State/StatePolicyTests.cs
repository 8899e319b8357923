using SanaLive.Runtime.State;

namespace SanaLive.Runtime.Tests.State;

public sealed class StatePolicyTests
{
    [Theory]
    [InlineData("sum")]
    [InlineData("window(3)")]
    [InlineData("window(2)+sink")]
    [InlineData("decay(0.9)")]
    public void Parse_KnownPolicy_IsWrittenTheSame(string text) => Assert.Equal(text, StatePolicy.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("window")]
    [InlineData("window(-1)")]
    [InlineData("decay(1.5)")]
    [InlineData("sum+sink")]
    public void Parse_Nonsense_IsRefused(string text) => Assert.Throws<FormatException>(() => StatePolicy.Parse(text));

    [Theory]
    [InlineData("window(0)")]
    [InlineData("window(65)")]
    [InlineData("decay(0.0)")]
    public void Parse_OutOfRange_IsRefused(string text) => Assert.ThrowsAny<ArgumentOutOfRangeException>(() => StatePolicy.Parse(text));
}
