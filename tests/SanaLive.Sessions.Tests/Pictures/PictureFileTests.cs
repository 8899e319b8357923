using SanaLive.Sessions.Pictures;

namespace SanaLive.Sessions.Tests.Pictures;

/// <summary>What is refused before any decoder sees it.</summary>
public sealed class PictureFileTests
{
    private static readonly byte[] Good = PictureFiles.Png(PictureFiles.Quarters(20, 10), 20, 10);

    [Fact]
    public void Open_Png_KnowsItsSize()
    {
        var file = PictureFile.Open(Good);
        Assert.Equal((PictureFormat.Png, 20, 10, 1), (file.Format, file.Width, file.Height, file.Orientation));
    }

    [Fact]
    public void Open_PngWithOtherChunks_KeepsThoseOfThePixels()
    {
        var file = PictureFiles.Png(PictureFiles.Quarters(20, 10), 20, 10, 3, ("iCCP", new byte[500]), ("tEXt", new byte[9]), ("acTL", new byte[8]));
        Assert.Equal(Good, PictureFile.Open(file).Data.ToArray());
    }

    [Fact]
    public async Task Open_JpegWithNotes_KeepsWhatThePixelsNeed()
    {
        var jpeg = await PictureFiles.JpegAsync(PictureFiles.Quarters(20, 10), 20, 10);
        var noted = PictureFile.Open(PictureFiles.Turned(jpeg, 6));
        Assert.Equal(6, noted.Orientation);
        Assert.Equal(PictureFile.Open(jpeg).Data.ToArray(), noted.Data.ToArray());
        Assert.DoesNotContain("Exif", System.Text.Encoding.Latin1.GetString(noted.Data.Span));
    }

    public static TheoryData<string, byte[]> OtherThings() => new()
    {
        { "nothing", [] },
        { "a text", [.. "a red train crossing a snowy forest at night"u8] },
        { "a GIF", [.. "GIF89a"u8, 1, 0, 1, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255, 0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3B] },
        { "a WebP", [.. "RIFF"u8, 20, 0, 0, 0, .. "WEBPVP8 "u8, 0, 0, 0, 0] },
        { "an SVG", [.. "<svg xmlns='http://www.w3.org/2000/svg'/>"u8] },
        { "a playlist that names a file", [.. "#EXTM3U\nfile:///etc/passwd\n"u8] },
        { "zeros", new byte[5000] },
        { "half a signature", [0x89, (byte)'P', (byte)'N'] },
    };

    [Theory]
    [MemberData(nameof(OtherThings))]
    public void Open_NeitherPngNorJpeg_SaysWhatToSend(string what, byte[] file)
    {
        var error = Refused(SessionError.Invalid, file);
        Assert.True(error.Message.Contains("PNG", StringComparison.Ordinal), $"{what}: {error.Message}");
    }

    [Fact]
    public void Open_PngCutOffAnywhere_IsRefused()
    {
        for (var length = 8; length < Good.Length; length++) Assert.Contains("cut off", Refused(SessionError.Invalid, Good[..length]).Message);
    }

    [Fact]
    public async Task Open_JpegCutOffAnywhere_IsRefused()
    {
        var jpeg = await PictureFiles.JpegAsync(PictureFiles.Quarters(20, 10), 20, 10);
        Assert.Equal((20, 10), (PictureFile.Open(jpeg).Width, PictureFile.Open(jpeg).Height));
        for (var length = 3; length < jpeg.Length; length++) Assert.Contains("cut off", Refused(SessionError.Invalid, jpeg[..length]).Message);
    }

    [Theory]
    [InlineData(100_000, 100_000)]
    [InlineData(6325, 6325)]
    [InlineData(int.MaxValue, int.MaxValue)]
    [InlineData(40_000_001, 1)]
    public void Open_HeaderOfTooManyPixels_IsRefusedBeforeAnythingIsDecoded(int width, int height) =>
        Assert.Contains("40 megapixels", Refused(SessionError.TooLarge, PictureFiles.PngThatClaims(width, height)).Message);

    [Theory]
    [InlineData(0, 10)]
    [InlineData(10, 0)]
    public void Open_HeaderWithoutPixels_IsRefused(int width, int height) => Refused(SessionError.Invalid, PictureFiles.PngThatClaims(width, height));

    [Fact]
    public async Task Open_JpegHeaderOfTooManyPixels_IsRefused()
    {
        var jpeg = await PictureFiles.JpegAsync(PictureFiles.Quarters(20, 10), 20, 10);
        jpeg.AsSpan(PictureFiles.FrameHeader(jpeg) + 5, 4).Fill(0xFF);
        Assert.Contains("65535 x 65535", Refused(SessionError.TooLarge, jpeg).Message);
    }

    [Fact]
    public async Task Open_CmykJpeg_SaysToSaveItAsRgb()
    {
        var jpeg = await PictureFiles.JpegAsync(PictureFiles.Quarters(20, 10), 20, 10);
        jpeg[PictureFiles.FrameHeader(jpeg) + 9] = 4;
        Assert.Contains("CMYK", Refused(SessionError.Invalid, jpeg).Message);
    }

    [Fact]
    public async Task Open_JpegOfAnUnusualKind_IsRefused()
    {
        var jpeg = await PictureFiles.JpegAsync(PictureFiles.Quarters(20, 10), 20, 10);
        jpeg[PictureFiles.FrameHeader(jpeg) + 1] = 0xC9;
        Assert.Contains("arithmetic", Refused(SessionError.Invalid, jpeg).Message);
    }

    [Fact]
    public void Open_FileOver8MB_IsRefused() => Assert.Contains("8 MB", Refused(SessionError.TooLarge, new byte[PictureLimits.Bytes + 1]).Message);

    [Fact]
    public async Task Open_AnyByteOfAJpegsHeaderChanged_IsReadOrRefusedAndNeverBreaks()
    {
        var jpeg = PictureFiles.Turned(await PictureFiles.JpegAsync(PictureFiles.Quarters(20, 10), 20, 10), 6);
        for (var at = 0; at < Math.Min(jpeg.Length, 700); at++)
        {
            foreach (byte value in new byte[] { 0, 1, 0x7F, 0xC0, 0xDA, 0xFF })
            {
                var changed = jpeg.ToArray();
                changed[at] = value;
                try
                {
                    PictureFile.Open(changed);
                }
                catch (SessionException)
                {
                }
            }
        }
    }

    private static SessionException Refused(SessionError reason, byte[] file)
    {
        var error = Assert.Throws<SessionException>(() => PictureFile.Open(file));
        Assert.Equal(reason, error.Error);
        return error;
    }
}
