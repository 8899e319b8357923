using SanaLive.Runtime.Checkpoints.Published;
using SanaLive.Runtime.Engine;

namespace SanaLive.Runtime.Tests.Engine;

public sealed class PublishedSizesTests
{
    [Theory]
    [InlineData(PublishedVae.Wan21, 16, "480x832")]
    [InlineData(PublishedVae.Ltx2, 32, "704x1280")]
    public void Of_AModel_AreElevenSizesThatItsLatentsCanHave(PublishedVae vae, int step, string normal)
    {
        Assert.Equal(11, PublishedSizes.Of(vae).Distinct().Count());
        Assert.All(PublishedSizes.Of(vae), size => Assert.Equal((0, 0), (size.Height % step, size.Width % step)));
        Assert.Equal(normal, PublishedSizes.Default(vae).ToString());
    }

    [Theory]
    [InlineData(1080, 1920, "480x832")]
    [InlineData(1920, 1080, "832x480")]
    [InlineData(500, 500, "624x624")]
    [InlineData(3000, 4000, "560x720")]
    [InlineData(1, 16000, "448x896")]
    [InlineData(16000, 1, "896x448")]
    public void Nearest_ToAPicture_IsOfItsShape(int height, int width, string size) =>
        Assert.Equal(size, PublishedSizes.Nearest(PublishedVae.Wan21, new PictureSize(height, width)).ToString());

    [Theory]
    [InlineData("480x832", 480, 832)]
    [InlineData("1x16384", 1, 16384)]
    public void Parse_ASize_IsHeightThenWidth(string text, int height, int width) => Assert.Equal(new PictureSize(height, width), PictureSize.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("480")]
    [InlineData("480x")]
    [InlineData("480X832")]
    [InlineData("-480x832")]
    [InlineData("480x832x3")]
    [InlineData("0x832")]
    [InlineData("480x99999999999")]
    [InlineData(" 480x832")]
    public void Parse_Anything_Else_IsRefused(string text) => Assert.Contains("480x832", Assert.Throws<FormatException>(() => PictureSize.Parse(text)).Message, StringComparison.Ordinal);
}
