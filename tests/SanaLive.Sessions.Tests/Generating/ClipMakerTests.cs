using SanaLive.Generate;
using SanaLive.Runtime.Engine;
using SanaLive.Runtime.Kernels.Cpu;
using SanaLive.Runtime.Tests;
using SanaLive.Runtime.Tests.Engine;
using SanaLive.Sessions.Tests.Encoding;
using SanaLive.Sessions.Tests.Pictures;

namespace SanaLive.Sessions.Tests.Generating;

/// <summary><c>./sanalive generate</c> with a model of clips: a small one that computes, and the real ffmpeg.</summary>
public sealed class ClipMakerTests : IDisposable
{
    private static readonly PictureSize Wide = new(32, 48);
    private static readonly PictureSize Tall = new(48, 32);
    private readonly TemporaryFolder folder = new();
    private readonly CpuKernelSet kernels = new(2);
    private readonly Listener messages = new();
    private readonly FakeClipParts parts;
    private readonly CancellationTokenSource interrupted = new();
    private readonly CancellationTokenSource pressedAgain = new();
    private long available = long.MaxValue;

    public ClipMakerTests() => parts = new FakeClipParts(kernels);

    private string Out => folder.File("clip.mp4");

    public void Dispose()
    {
        interrupted.Dispose();
        pressedAgain.Dispose();
        messages.Dispose();
        kernels.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Generate_WritesAllFrames_AndTellsHowLongItTakes()
    {
        Assert.Equal(0, await RunAsync("--prompt", "a wood", "--frames", "12", "--steps", "4", "--seed", "9"));
        Assert.Equal(12, await FramesAsync(48, 32));
        Assert.Contains("12 frames of 32x48, 4 steps, guidance 6, seed 9", messages.Text, StringComparison.Ordinal);
        Assert.Contains("denoising ...", messages.Text, StringComparison.Ordinal);
        Assert.Contains("4 of 4 steps, 0 s left", messages.Text, StringComparison.Ordinal);
        Assert.Contains("12 of 12 frames", messages.Text, StringComparison.Ordinal);
        Assert.Equal([("a wood", "ugly")], parts.Read);
    }

    [Theory]
    [InlineData("1", 16)]
    [InlineData("0.6", 8)]
    [InlineData("0.5", 8)]
    public async Task Generate_Seconds_AreTheNearestFramesThatAClipCanHave(string seconds, int frames)
    {
        Assert.Equal(0, await RunAsync("--prompt", "a wood", "--seconds", seconds, "--steps", "1", "--cfg", "1"));
        Assert.Equal(frames, await FramesAsync(48, 32));
        Assert.Null(parts.Read.Single().Negative);
    }

    [Fact]
    public async Task Generate_MoreThanFits_IsRefusedWithTheNumbers_BeforeAnythingIsLoaded()
    {
        available = 1_500_000;
        var error = await Assert.ThrowsAsync<InsufficientMemoryException>(() => RunAsync("--prompt", "a wood", "--steps", "1"));
        Assert.Contains("0.0 GB are free", error.Message, StringComparison.Ordinal);
        Assert.Contains("denoising", error.Message, StringComparison.Ordinal);
        Assert.Empty(parts.Read);
        Assert.False(File.Exists(Out));
    }

    [Fact]
    public async Task Interrupt_WhileDenoising_WritesWhatCanBeToldOfTheClip()
    {
        messages.Heard = line =>
        {
            if (line.Contains("2 of 4 steps", StringComparison.Ordinal)) interrupted.Cancel();
        };
        Assert.Equal(130, await RunAsync("--prompt", "a wood", "--frames", "12", "--steps", "4"));
        Assert.Equal(12, await FramesAsync(48, 32));
        Assert.Contains("Interrupted after 2 of 4 steps", messages.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interrupt_WhileDecoding_KeepsThePicturesThatAreDone()
    {
        messages.Heard = line =>
        {
            if (line.Contains("4 of 12 frames", StringComparison.Ordinal)) interrupted.Cancel();
        };
        Assert.Equal(130, await RunAsync("--prompt", "a wood", "--frames", "12", "--steps", "1"));
        Assert.Equal(4, await FramesAsync(48, 32));
    }

    [Fact]
    public async Task Interrupt_Twice_EndsTheDecodingToo()
    {
        messages.Heard = line =>
        {
            if (line.Contains("2 of 4 steps", StringComparison.Ordinal)) interrupted.Cancel();
            if (line.Contains("4 of 12 frames", StringComparison.Ordinal)) pressedAgain.Cancel();
        };
        Assert.Equal(130, await RunAsync("--prompt", "a wood", "--frames", "12", "--steps", "4"));
        Assert.Equal(4, await FramesAsync(48, 32));
    }

    [Fact]
    public async Task Interrupt_BeforeTheFirstStep_WritesNothing()
    {
        interrupted.Cancel();
        Assert.Equal(130, await RunAsync("--prompt", "a wood", "--steps", "4"));
        Assert.False(File.Exists(Out));
        Assert.Contains("nothing is written", messages.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Image_OfAnotherShape_ChoosesTheSizeNearestToIt_AndItsCropIsTold()
    {
        var picture = folder.File("tall.png");
        await File.WriteAllBytesAsync(picture, PictureFiles.Png(PictureFiles.Quarters(40, 64), 40, 64));
        Assert.Equal(0, await RunAsync("--prompt", "a wood", "--image", picture, "--frames", "8", "--steps", "1"));
        Assert.Equal(8, await FramesAsync(32, 48));
        Assert.Contains("48x32 is nearest to its shape", messages.Text, StringComparison.Ordinal);
        Assert.Contains("was cropped to the 40 x 60 around its middle", messages.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Size_ThatTheModelWasNotTrainedWith_IsMade_AndSaid()
    {
        Assert.Equal(0, await RunAsync("--prompt", "a wood", "--size", "16x32", "--frames", "4", "--steps", "1"));
        Assert.Equal(4, await FramesAsync(32, 16));
        Assert.Contains("16x32 is none of the sizes", messages.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--cue", "3:night", "one prompt")]
    [InlineData("--frames", "13", "12 or 16")]
    [InlineData("--size", "33x48", "multiples of 16")]
    [InlineData("--image", "nowhere.png", "nowhere.png")]
    public async Task Generate_WhatCannotBe_SaysWhy(string name, string value, string said)
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(() => RunAsync("--prompt", "a wood", name, value));
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
        Assert.True(error is FormatException or ArgumentException or IOException, $"{error.GetType()} is not told as a sentence.");
    }

    [Fact]
    public async Task Generate_WithoutAPrompt_SaysThatItNeedsOne() =>
        Assert.Contains("--prompt", (await Assert.ThrowsAsync<FormatException>(() => RunAsync("--steps", "1"))).Message, StringComparison.Ordinal);

    private async Task<long> FramesAsync(int width, int height) =>
        (await FfmpegProgram.RunAsync([], "-v", "error", "-i", Out, "-f", "rawvideo", "-pix_fmt", "rgb24", "-fps_mode", "passthrough", "pipe:1")).Length / (width * height * 3);

    private Task<int> RunAsync(params string[] args) =>
        new ClipMaker(kernels, parts, picture => picture.Aspect > 1 ? Wide : Tall, [Wide, Tall], () => available, messages, TimeProvider.System)
            .RunAsync(GenerateOptions.Parse([.. args, "--out", Out]), interrupted.Token, pressedAgain.Token);

    /// <summary>Keeps what is said, and lets the test act on a line.</summary>
    private sealed class Listener : StringWriter
    {
        public Action<string> Heard { get; set; } = _ => { };

        public string Text => ToString();

        public override void Write(string? value)
        {
            base.Write(value);
            Heard(value ?? "");
        }

        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            Heard(value ?? "");
        }
    }
}
