using System.Security.Cryptography;
using SanaLive.Sessions.Encoding;

namespace SanaLive.Sessions.Tests.Encoding;

public sealed class Vp8EncoderTests
{
    private const int Width = 320, Height = 192, Rate = 16, FramesPerBlock = 8;

    [Fact]
    public async Task Encode_SeveralBlocks_FfmpegDecodesEveryFrameCloseToTheSource()
    {
        using var encoder = new Vp8Encoder(Width, Height, Rate, new Vp8Options());
        var frames = new List<ReadOnlyMemory<byte>>();
        for (var block = 0; block < 3; block++) frames.AddRange(encoder.Encode(Block(block)));

        var decoded = await FfmpegProgram.DecodeVp8Async(frames, Width, Height, Rate);

        var size = I420.Size(Width, Height);
        Assert.Equal(3 * FramesPerBlock * size, decoded.Length);
        var quality = new double[3 * FramesPerBlock];
        var planes = new byte[size];
        for (var i = 0; i < quality.Length; i++)
        {
            I420.FromRgb(Block(i / FramesPerBlock).AsSpan(i % FramesPerBlock * Width * Height * 3, Width * Height * 3), planes, Width, Height);
            quality[i] = FfmpegProgram.Psnr(planes, decoded.AsSpan(i * size, size));
        }

        Assert.True(quality.Min() >= 34, $"Worst frame {quality.Min():0.0} dB.");
        // A keyframe that looks better or worse than the frames around it is seen as a pulse twice a second.
        Assert.True(quality.Max() - quality.Min() < 1.5, $"From {quality.Min():0.0} to {quality.Max():0.0} dB within a stream.");
    }

    [Fact]
    public async Task Encode_AnyBlock_IsDecodableAlone()
    {
        using var encoder = new Vp8Encoder(Width, Height, Rate, new Vp8Options());
        for (var block = 0; block < 3; block++)
        {
            var frames = encoder.Encode(Block(block));
            var decoded = await FfmpegProgram.DecodeVp8Async(frames, Width, Height, Rate);
            Assert.Equal(FramesPerBlock * I420.Size(Width, Height), decoded.Length);
        }
    }

    [Fact]
    public void Encode_OnlyTheFirstFrameOfABlock_IsAKeyframe()
    {
        using var encoder = new Vp8Encoder(Width, Height, Rate, new Vp8Options());
        // Two pictures without anything in common: a scene cut inside the block, where encoders like to put a keyframe.
        var cut = (byte[])Block(0).Clone();
        cut.AsSpan(4 * Width * Height * 3).Fill(200);
        // RFC 6386, 9.1: the lowest bit of the first byte is 0 for a keyframe.
        Assert.Equal([true, .. Enumerable.Repeat(false, 7)], encoder.Encode(cut).Select(f => (f.Span[0] & 1) == 0));
    }

    [Fact]
    public void Encode_SameFrames_SameBytesWhateverCameBefore()
    {
        using var fresh = new Vp8Encoder(Width, Height, Rate, new Vp8Options());
        using var used = new Vp8Encoder(Width, Height, Rate, new Vp8Options());
        for (var block = 0; block < 4; block++) used.Encode(MovingPicture.Frames(Width, Height, 50 * block, FramesPerBlock, noise: 40));

        Assert.Equal(Fingerprint(fresh.Encode(Block(7))), Fingerprint(used.Encode(Block(7))));
    }

    [Fact]
    public void Encode_FramesThatAreHard_StayWithinTheLimit()
    {
        var options = new Vp8Options { MaxKilobits = 300 };
        using var encoder = new Vp8Encoder(Width, Height, Rate, options);
        var hard = MovingPicture.Frames(Width, Height, 0, FramesPerBlock, noise: 60);

        var bytes = encoder.Encode(hard).Sum(f => f.Length);

        using var unlimited = new Vp8Encoder(Width, Height, Rate, new Vp8Options { MaxKilobits = 20_000 });
        Assert.True(unlimited.Encode(hard).Sum(f => f.Length) > 300_000 / 8 / 2, "The picture is not hard enough to show anything.");
        Assert.InRange(bytes, 1, 300_000 / 8 / 2);
    }

    [Theory]
    [InlineData(64, 48)]
    [InlineData(160, 96)]
    [InlineData(18, 10)]
    [InlineData(2, 2)]
    [InlineData(832, 480)]
    public async Task Encode_OtherSizes_Decode(int width, int height)
    {
        using var encoder = new Vp8Encoder(width, height, Rate, new Vp8Options());
        var decoded = await FfmpegProgram.DecodeVp8Async(encoder.Encode(MovingPicture.Frames(width, height, 0, 3)), width, height, Rate);
        Assert.Equal(3 * I420.Size(width, height), decoded.Length);
    }

    [Fact]
    public void Encode_AfterTheFirstBlock_AllocatesOnlyWhatItReturns()
    {
        using var encoder = new Vp8Encoder(Width, Height, Rate, new Vp8Options());
        var block = Block(0);
        encoder.Encode(block);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var frames = encoder.Encode(block);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        // Eight arrays, their headers and roundings, and the array that holds them.
        Assert.InRange(allocated, 1, frames.Sum(f => f.Length) + 8 * 32 + 8 * 16 + 32);
    }

    [Fact]
    public void Encode_PartOfAFrame_IsRefused()
    {
        using var encoder = new Vp8Encoder(Width, Height, Rate, new Vp8Options());
        Assert.Contains("whole number of frames", Assert.Throws<ArgumentException>(() => encoder.Encode(new byte[100])).Message);
        Assert.Throws<ArgumentException>(() => encoder.Encode([]));
    }

    [Theory]
    [InlineData(0, 192)]
    [InlineData(321, 192)]
    [InlineData(320, -2)]
    [InlineData(20000, 192)]
    public void Create_ImpossibleSize_IsRefused(int width, int height) =>
        Assert.Throws<ArgumentException>(() => new Vp8Encoder(width, height, Rate, new Vp8Options()));

    [Fact]
    public void Encode_AfterDispose_IsRefused()
    {
        var encoder = new Vp8Encoder(Width, Height, Rate, new Vp8Options());
        encoder.Dispose();
        encoder.Dispose();
        Assert.Throws<ObjectDisposedException>(() => encoder.Encode(Block(0)));
    }

    private static byte[] Block(int number) => MovingPicture.Frames(Width, Height, number * FramesPerBlock, FramesPerBlock);

    private static string Fingerprint(IEnumerable<ReadOnlyMemory<byte>> frames) =>
        Convert.ToHexString(SHA256.HashData(frames.SelectMany(f => f.ToArray()).ToArray()));
}
