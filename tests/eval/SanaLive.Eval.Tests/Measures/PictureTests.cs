using SanaLive.Eval.Measures;

namespace SanaLive.Eval.Tests.Measures;

public sealed class PictureTests
{
    private const int Width = 320;
    private const int Height = 192;
    private const int FrameBytes = Width * Height * 3;

    [Fact]
    public void Psnr_OfAKnownError_IsKnown()
    {
        var (a, b) = (new byte[300], new byte[300]);
        Array.Fill(b, (byte)10);
        Assert.Equal(10 * Math.Log10(255.0 * 255.0 / 100), PictureQuality.Psnr(a, b), 1e-9);
        Assert.Equal(99, PictureQuality.Psnr(a, a));
        Assert.Throws<ArgumentException>(() => PictureQuality.Psnr(a, b.AsSpan(1)));
    }

    [Fact]
    public void Ssim_IsOneForItself_KnownForFlatPictures_AndNegativeForTheNegative()
    {
        var picture = Texture(0);
        Assert.Equal(1, PictureQuality.Ssim(picture, picture, Width), 1e-9);
        Assert.Equal((2 * 100 * 120 + 6.5025) / (100 * 100 + 120 * 120 + 6.5025), PictureQuality.Ssim(Flat(100), Flat(120), Width), 1e-4);
        Assert.InRange(PictureQuality.Ssim(picture, [.. picture.Select(value => (byte)(255 - value))], Width), -1, 0);
        Assert.Throws<ArgumentException>(() => PictureQuality.Ssim(picture.AsSpan(3), picture.AsSpan(3), Width));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(-30)]
    [InlineData(60)]
    [InlineData(0)]
    public void ScrollSpeed_OfAMovingTexture_IsFound(double pixelsPerSecond)
    {
        var frames = Enumerable.Range(0, 8).SelectMany(t => Texture(t * pixelsPerSecond / 16)).ToArray();
        var (measured, fit) = ScrollSpeed.Measure(frames, Width, Height, 16);
        Assert.Equal(pixelsPerSecond, measured, Math.Max(.5, .05 * Math.Abs(pixelsPerSecond)));
        Assert.InRange(fit, .9, 1.01);
    }

    [Fact]
    public void FrameChange_OfAJumpAtTheBorder_IsSeenThereAlone()
    {
        byte[] first = [.. Flat(10), .. Flat(12)], second = [.. Flat(40), .. Flat(42)];
        var (border, inside) = FrameChange.Measure([first, second], FrameBytes);
        Assert.Equal(28, border);
        Assert.Equal(2, inside);
    }

    /// <summary>Soft sideways waves of several lengths; at a later place of the journey to the right.</summary>
    private static byte[] Texture(double place)
    {
        var picture = new byte[FrameBytes];
        for (var i = 0; i < picture.Length; i++)
        {
            var (x, y) = (i / 3 % Width + place, i / 3 / Width);
            picture[i] = (byte)(128 + 45 * Math.Sin(x / 13 + y / 7.0) + 40 * Math.Sin(x / 5.3 - y / 9.0) + 30 * Math.Sin(x / 23));
        }

        return picture;
    }

    private static byte[] Flat(byte value)
    {
        var picture = new byte[FrameBytes];
        Array.Fill(picture, value);
        return picture;
    }
}
