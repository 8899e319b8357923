using SanaLive.Generate;
using SanaLive.Runtime.Checkpoints.Published;
using SanaLive.Runtime.Tests;
using SanaLive.Sessions.Tests.Encoding;

namespace SanaLive.Sessions.Tests.Generating;

/// <summary><c>./sanalive generate</c> with models of streams: a small LongSANA that computes, and the real ffmpeg.</summary>
public sealed class StreamMakerTests : IDisposable
{
    private readonly TestPublished model = new(PublishedKind.LongSana);
    private readonly TemporaryFolder folder = new();
    private readonly StringWriter messages = new();

    private string Out => folder.File("clip.mp4");

    public void Dispose()
    {
        model.Dispose();
        folder.Dispose();
        messages.Dispose();
    }

    [Fact]
    public async Task Generate_SomeSecondsOfALongSanaStream_HasAllItsFramesAndItsCue()
    {
        Assert.Equal(0, await RunAsync(long.MaxValue, "--prompt", "a small boat", "--frames", "50", "--cue", "2.5:a lighthouse above the quiet sea", "--size", "32x48"));
        var rgb = await FfmpegProgram.RunAsync([], "-v", "error", "-i", Out, "-f", "rawvideo", "-pix_fmt", "rgb24", "-fps_mode", "passthrough", "pipe:1");
        Assert.Equal(50, rgb.Length / (32 * 48 * 3));
        Assert.Contains("2.5 s: a lighthouse", messages.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Generate_AStreamThatDoesNotFit_IsRefusedWithTheNumbers()
    {
        var error = await Assert.ThrowsAsync<InsufficientMemoryException>(() => RunAsync(1000, "--prompt", "a small boat", "--size", "32x48"));
        Assert.Contains("weights and a stream", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Out));
    }

    [Theory]
    [InlineData("--steps", "4")]
    [InlineData("--cfg", "6")]
    [InlineData("--negative", "fog")]
    public async Task Generate_WithAnOptionOfClips_SaysThatThisModelMakesStreams(string name, string value) =>
        Assert.Contains("streams", (await Assert.ThrowsAsync<FormatException>(() => RunAsync(long.MaxValue, "--prompt", "x", name, value))).Message, StringComparison.Ordinal);

    private Task<int> RunAsync(long available, params string[] args) => StreamMaker.RunAsync(
        GenerateOptions.Parse([.. args, "--model", model.Path, "--out", Out]), () => available, messages, CancellationToken.None);
}
