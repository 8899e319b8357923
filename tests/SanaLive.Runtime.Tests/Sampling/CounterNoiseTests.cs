using SanaLive.Runtime.Sampling;

namespace SanaLive.Runtime.Tests.Sampling;

public sealed class CounterNoiseTests
{
    [Fact]
    public void Philox_KnownAnswers_AreGiven()
    {
        // Random123's known answers for philox4x32-10.
        Assert.Equal((0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u), CounterNoise.Philox(0, 0, 0, 0, 0, 0));
        Assert.Equal((0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu), CounterNoise.Philox(~0u, ~0u, ~0u, ~0u, ~0u, ~0u));
        Assert.Equal(
            (0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u),
            CounterNoise.Philox(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0));
    }

    [Fact]
    public void Fill_SameArguments_SameNumbersWhateverTheLength()
    {
        var (longer, shorter) = (new float[1001], new float[101]);
        CounterNoise.Fill(42, 7, 2, longer);
        CounterNoise.Fill(42, 7, 2, shorter);
        Assert.Equal(shorter, longer[..101]);
    }

    [Fact]
    public void Fill_AnyArgumentChanged_OtherNumbers()
    {
        var all = new[] { (1ul, 0L, 0), (2ul, 0L, 0), (1ul, 1L, 0), (1ul, 0L, 1), (1ul << 40, 0L, 0), (1ul, 1L << 40, 0) }
            .Select(arguments =>
            {
                var values = new float[8];
                CounterNoise.Fill(arguments.Item1, arguments.Item2, arguments.Item3, values);
                return string.Join(' ', values);
            });
        Assert.Equal(6, all.Distinct().Count());
    }

    [Fact]
    public void Fill_ManyNumbers_AreNormal()
    {
        var values = new float[400_000];
        CounterNoise.Fill(3, 1, 0, values);
        var mean = values.Average(value => (double)value);
        var variance = values.Average(value => (double)value * value) - mean * mean;
        Assert.InRange(mean, -0.008, 0.008);
        Assert.InRange(variance, 0.99, 1.01);
        Assert.InRange(values.Average(value => Math.Pow(value, 4)), 2.93, 3.07);
        Assert.InRange(values.Count(value => Math.Abs(value) > 1.959964) / (double)values.Length, 0.0488, 0.0512);
    }

    [Theory]
    [InlineData(uint.MinValue)]
    [InlineData(uint.MaxValue)]
    [InlineData(1u << 31)]
    [InlineData(322122547u)] // about 0.075: where the centre meets the tail
    public void Normal_Extremes_AreFiniteAndMirrored(uint bits)
    {
        var value = CounterNoise.Normal(bits);
        Assert.True(float.IsFinite(value) && Math.Abs(value) < 7);
        Assert.Equal(-value, CounterNoise.Normal(~bits));
    }

    [Fact]
    public void Log_AgainstThePlatform_AgreesToTheLastDigits()
    {
        foreach (var x in new[] { 1e-10, 2.3e-10, 0.001, 0.074, 0.3, 0.7071, 0.75, 1.0, 1.5, 3.14159 })
            Assert.InRange(CounterNoise.Log(x) - Math.Log(x), -4e-16 * (1 + Math.Abs(Math.Log(x))), 4e-16 * (1 + Math.Abs(Math.Log(x))));
    }
}
