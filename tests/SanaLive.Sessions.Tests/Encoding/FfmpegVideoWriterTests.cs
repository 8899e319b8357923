using SanaLive.Sessions.Encoding;

namespace SanaLive.Sessions.Tests.Encoding;

public sealed class FfmpegVideoWriterTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sanalive-");

    [Theory]
    [InlineData("clip.mp4")]
    [InlineData("clip.webm")]
    [InlineData("-strange: name.mp4")]
    public async Task Write_TwoBlocks_FileHoldsTheseFrames(string name)
    {
        var path = Path.Combine(_folder.FullName, name);
        var frames = MovingPicture.Frames(160, 96, 0, 16, noise: 0);
        await using (var writer = FfmpegVideoWriter.Create(path, 160, 96, 16))
        {
            await writer.WriteAsync(frames.AsMemory(0, frames.Length / 2), default);
            await writer.WriteAsync(frames.AsMemory(frames.Length / 2), default);
            await writer.FinishAsync(default);
        }

        var decoded = await FfmpegProgram.RunAsync([], "-v", "error", "-i", "file:" + path, "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1");
        Assert.Equal(frames.Length, decoded.Length);
        Assert.True(FfmpegProgram.Psnr(frames, decoded) > 28, $"{FfmpegProgram.Psnr(frames, decoded):0.0} dB");
    }

    [Fact]
    public async Task Write_IntoAFolderThatDoesNotExist_SaysSo()
    {
        await using var writer = FfmpegVideoWriter.Create(Path.Combine(_folder.FullName, "none", "clip.mp4"), 160, 96, 16);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            for (var i = 0; i < 100; i++) await writer.WriteAsync(MovingPicture.Frames(160, 96, i, 8), default);
            await writer.FinishAsync(default);
        });
        Assert.Contains("No such file", error.Message);
    }

    [Fact]
    public void Create_UnknownKindOfFile_IsRefused() =>
        Assert.Throws<NotSupportedException>(() => FfmpegVideoWriter.Create("clip.avi", 160, 96, 16));

    [Fact]
    public void Create_ProgramMissing_NamesThePackage()
    {
        var error = Assert.Throws<InvalidOperationException>(() => FfmpegVideoWriter.Create("clip.mp4", 160, 96, 16, "no-such-ffmpeg"));
        Assert.Contains("apt-get install ffmpeg", error.Message);
    }

    [Fact]
    public async Task Dispose_BeforeTheEnd_LeavesNoProcess()
    {
        var writer = FfmpegVideoWriter.Create(Path.Combine(_folder.FullName, "clip.mp4"), 160, 96, 16);
        await writer.WriteAsync(MovingPicture.Frames(160, 96, 0, 2), default);
        await writer.DisposeAsync();
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
