using SanaLive.Sessions.Encoding;

namespace SanaLive.Sessions.Tests.Encoding;

public sealed class I420Tests
{
    [Theory]
    [InlineData(16, 2)]
    [InlineData(320, 192)]
    [InlineData(34, 6)]
    [InlineData(14, 4)]
    [InlineData(2, 2)]
    public void FromRgb_AnyPixels_EqualsThePlainBody(int width, int height)
    {
        var random = new Random(width * 1000 + height);
        var rgb = new byte[width * height * 3];
        random.NextBytes(rgb);
        var vectorised = new byte[I420.Size(width, height)];
        var plain = new byte[I420.Size(width, height)];

        I420.FromRgb(rgb, vectorised, width, height);
        I420.FromRgbPlainly(rgb, plain, width, height);

        Assert.Equal(plain, vectorised);
    }

    [Theory]
    [InlineData(0, 0, 0, 16, 128, 128)]
    [InlineData(255, 255, 255, 235, 128, 128)]
    [InlineData(255, 0, 0, 82, 90, 240)]
    [InlineData(0, 255, 0, 144, 54, 34)]
    [InlineData(0, 0, 255, 41, 240, 110)]
    public void FromRgb_KnownColours_GiveTheValuesOfBt601(byte r, byte g, byte b, byte y, byte u, byte v)
    {
        var rgb = new byte[32 * 2 * 3];
        for (var i = 0; i < rgb.Length; i += 3) (rgb[i], rgb[i + 1], rgb[i + 2]) = (r, g, b);
        var planes = new byte[I420.Size(32, 2)];

        I420.FromRgb(rgb, planes, 32, 2);

        Assert.All(planes[..64], p => Assert.Equal(y, p));
        Assert.All(planes[64..80], p => Assert.Equal(u, p));
        Assert.All(planes[80..], p => Assert.Equal(v, p));
    }

    [Fact]
    public void FromRgb_WrongSizes_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => I420.FromRgb(new byte[11], new byte[6], 2, 2));
        Assert.Throws<ArgumentException>(() => I420.FromRgb(new byte[12], new byte[7], 2, 2));
        Assert.Throws<ArgumentException>(() => I420.FromRgb(new byte[9], new byte[6], 3, 1));
    }
}
