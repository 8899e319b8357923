using SanaLive.Sessions.Pictures;

namespace SanaLive.Sessions.Tests.Pictures;

public sealed class FfmpegPictureReaderTests : IDisposable
{
    private const int Width = 48;
    private const int Height = 32;
    private readonly FfmpegPictureReader _reader = new(TimeProvider.System);

    public void Dispose() => _reader.Dispose();

    [Fact]
    public async Task Read_PngOfTheStreamsSize_IsItsPixelsExactly()
    {
        var rgb = PictureFiles.Paint(Width, Height, (x, y) => [(byte)(x * 5), (byte)(y * 8), (byte)(x * y)]);
        var picture = await ReadAsync(PictureFiles.Png(rgb, Width, Height));
        Assert.Equal(rgb, picture.Rgb);
        Assert.Equal((Width, Height, (string?)null), (picture.Width, picture.Height, picture.Note));
    }

    [Fact]
    public async Task Read_SameFileTwice_GivesTheSameBytes()
    {
        var file = await PictureFiles.JpegAsync(PictureFiles.Quarters(300, 170), 300, 170);
        Assert.Equal((await ReadAsync(file)).Rgb, (await ReadAsync(file)).Rgb);
    }

    [Fact]
    public async Task Read_LargerJpegOfTheSameShape_IsMadeSmaller()
    {
        var picture = await ReadAsync(await PictureFiles.JpegAsync(PictureFiles.Quarters(480, 320), 480, 320));
        Assert.Null(picture.Note);
        AssertQuarters([0, 1, 2, 3], picture.Rgb);
    }

    [Fact]
    public async Task Read_SinglePixel_FillsTheFrame()
    {
        var picture = await ReadAsync(PictureFiles.Png([10, 200, 90], 1, 1));
        Assert.All(Enumerable.Range(0, Width * Height), i => Assert.Equal([10, 200, 90], picture.Rgb[(3 * i)..(3 * i + 3)]));
    }

    [Theory]
    [InlineData(200, 32, 48, 32)]
    [InlineData(48, 200, 48, 32)]
    public async Task Read_OtherShape_IsCroppedAroundTheMiddleAndSaysSo(int width, int height, int croppedWidth, int croppedHeight)
    {
        // White outside the middle: none of it may be seen.
        var rgb = PictureFiles.Paint(width, height, (x, y) =>
            Math.Abs(x + 0.5 - width / 2.0) < croppedWidth / 2.0 && Math.Abs(y + 0.5 - height / 2.0) < croppedHeight / 2.0 ? [10, 20, 30] : [255, 255, 255]);
        var picture = await ReadAsync(PictureFiles.Png(rgb, width, height));
        Assert.All(picture.Rgb, value => Assert.InRange(value, 10, 30));
        Assert.Contains($"{width} x {height}", picture.Note);
        Assert.Contains($"{croppedWidth} x {croppedHeight}", picture.Note);
    }

    [Theory]
    [InlineData(1, new[] { 0, 1, 2, 3 })]
    [InlineData(2, new[] { 1, 0, 3, 2 })]
    [InlineData(3, new[] { 3, 2, 1, 0 })]
    [InlineData(4, new[] { 2, 3, 0, 1 })]
    [InlineData(5, new[] { 0, 2, 1, 3 })]
    [InlineData(6, new[] { 2, 0, 3, 1 })]
    [InlineData(7, new[] { 3, 1, 2, 0 })]
    [InlineData(8, new[] { 1, 3, 0, 2 })]
    public async Task Read_JpegThatWasHeldOtherwise_IsTurnedUpright(byte orientation, int[] quarters)
    {
        var (width, height) = orientation >= 5 ? (64, 96) : (96, 64);
        var jpeg = await PictureFiles.JpegAsync(PictureFiles.Quarters(width, height), width, height);
        var picture = await ReadAsync(PictureFiles.Turned(jpeg, orientation, littleEndian: orientation % 2 == 0));
        Assert.Equal((96, 64), (picture.Width, picture.Height));
        AssertQuarters(quarters, picture.Rgb);
    }

    [Fact]
    public async Task Read_JpegWithDamagedNotes_IsShownAsItIsStored()
    {
        var jpeg = PictureFiles.Turned(await PictureFiles.JpegAsync(PictureFiles.Quarters(96, 64), 96, 64), 3);
        // The directory lies beyond the notes' end.
        jpeg.AsSpan(jpeg.AsSpan().IndexOf("II*\0"u8) + 4, 4).Fill(0xFF);
        AssertQuarters([0, 1, 2, 3], (await ReadAsync(jpeg)).Rgb);
    }

    [Fact]
    public async Task Read_TransparentPixels_AreBlack()
    {
        byte[] rgba = [.. Enumerable.Range(0, Width * Height).SelectMany(i => new byte[] { 200, 100, 50, (byte)(i % Width < Width / 2 ? 0 : 255) })];
        var picture = await ReadAsync(PictureFiles.Png(rgba, Width, Height, channels: 4));
        Assert.Equal([0, 0, 0], picture.Rgb[..3]);
        Assert.Equal([200, 100, 50], picture.Rgb[^3..]);
    }

    [Fact]
    public async Task Read_PngWithATextThatUnpacksToFarTooMuch_ReadsItsPixelsOnly()
    {
        var packed = new MemoryStream();
        using (var zlib = new System.IO.Compression.ZLibStream(packed, System.IO.Compression.CompressionLevel.Optimal, leaveOpen: true))
        {
            for (var i = 0; i < 200; i++) zlib.Write(new byte[1 << 20]);
        }

        var rgb = PictureFiles.Quarters(Width, Height);
        var file = PictureFiles.Png(rgb, Width, Height, 3, ("zTXt", [.. "a\0\0"u8, .. packed.ToArray()]));
        Assert.Equal(rgb, (await ReadAsync(file)).Rgb);
    }

    [Fact]
    public async Task Read_PixelsThatAreDamaged_IsRefusedWithASentence()
    {
        var png = PictureFiles.Png(PictureFiles.Quarters(Width, Height), Width, Height);
        png[png.AsSpan().IndexOf("IDAT"u8) + 20] ^= 0x55;
        Assert.Contains("Save it again", (await RefusedAsync(SessionError.Invalid, png)).Message);
        var jpeg = await PictureFiles.JpegAsync(PictureFiles.Quarters(Width, Height), Width, Height);
        // Without its tables no pixel can be decoded.
        var tables = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC4]);
        jpeg[tables + 1] = 0xEF;
        Assert.Contains("Save it again", (await RefusedAsync(SessionError.Invalid, jpeg)).Message);
    }

    [Fact]
    public async Task Read_ProgramIsMissing_SaysWhatTheOperatorCanDo()
    {
        using var without = new FfmpegPictureReader(TimeProvider.System, "no-such-ffmpeg");
        var error = await Assert.ThrowsAsync<SessionException>(() => without.ReadAsync(PictureFiles.Png([1, 2, 3], 1, 1), Width, Height, default));
        Assert.Equal(SessionError.Unsupported, error.Error);
        Assert.Contains("apt-get install ffmpeg", error.Message);
    }

    [Fact]
    public async Task Read_Cancelled_GivesUpAndLetsTheNextOneIn()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _reader.ReadAsync(PictureFiles.Png([1, 2, 3], 1, 1), Width, Height, new CancellationToken(true)));
        await ReadAsync(PictureFiles.Png([1, 2, 3], 1, 1));
    }

    private Task<FittedPicture> ReadAsync(byte[] file) => _reader.ReadAsync(file, Width, Height, default);

    private async Task<SessionException> RefusedAsync(SessionError reason, byte[] file)
    {
        var error = await Assert.ThrowsAsync<SessionException>(() => ReadAsync(file));
        Assert.Equal(reason, error.Error);
        return error;
    }

    /// <summary>Which of the painted colours is in each quarter, looked at in its middle.</summary>
    private static void AssertQuarters(int[] expected, byte[] rgb)
    {
        var painted = PictureFiles.Quarters(2, 2);
        for (var quarter = 0; quarter < 4; quarter++)
        {
            var at = 3 * ((Height / 4 + quarter / 2 * Height / 2) * Width + Width / 4 + quarter % 2 * Width / 2);
            for (var colour = 0; colour < 3; colour++) Assert.InRange(rgb[at + colour], painted[3 * expected[quarter] + colour] - 6, painted[3 * expected[quarter] + colour] + 6);
        }
    }
}
