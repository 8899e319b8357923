using SanaLive.Runtime.Engine;
using SanaLive.Runtime.Kernels.Cpu;
using SanaLive.Runtime.Model;

namespace SanaLive.Runtime.Tests.Engine;

public sealed class ClipPipelineTests : IDisposable
{
    private static readonly ClipRequest Small = new() { Prompt = "a wood", Negative = "fog", Size = new PictureSize(32, 48), Frames = 8, Steps = 4, Seed = 3 };
    private readonly CpuKernelSet kernels = new(2);
    private readonly FakeClipParts parts;
    private readonly ClipPipeline pipeline;

    public ClipPipelineTests()
    {
        parts = new FakeClipParts(kernels);
        pipeline = new ClipPipeline(kernels, parts);
    }

    public void Dispose() => kernels.Dispose();

    [Fact]
    public void Denoise_TheSameRequest_IsTheSameClip_AndAllThatItSaysCounts()
    {
        var clip = Denoise(Small);
        Assert.Equal((2, 4), (clip.Frames, clip.Steps));
        Assert.Equal(clip.Latents.ToArray(), Denoise(Small).Latents.ToArray());
        foreach (var other in new[] { Small with { Seed = 4 }, Small with { Prompt = "a sea" }, Small with { Negative = "" }, Small with { Guidance = 3 }, Small with { Steps = 3 } })
            Assert.NotEqual(clip.Latents.ToArray(), Denoise(other).Latents.ToArray());
        Assert.All(clip.Latents.ToArray(), value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Denoise_WithoutGuidance_NeverReadsTheNegativePrompt()
    {
        Denoise(Small with { Guidance = 1 });
        Denoise(Small);
        Assert.Equal([("a wood", null), ("a wood", "fog")], parts.Read);
    }

    [Fact]
    public void Denoise_WithAPicture_BeginsWithItAndLeavesItAlone()
    {
        byte[] picture = [.. Enumerable.Range(0, 32 * 48 * 3).Select(i => (byte)(i * 7))];
        var clip = Denoise(Small with { Image = picture });
        var still = new float[clip.Latents.Length / 2];
        using var encoder = parts.LoadEncoder();
        encoder.Encode([.. Enumerable.Repeat(picture, 4).SelectMany(one => one).Select(value => value / 127.5f - 1)], 4, 32, 48, still);
        Assert.Equal(still, clip.Latents.ToArray()[..still.Length]);
        Assert.NotEqual(Denoise(Small).Latents.ToArray()[still.Length..], clip.Latents.ToArray()[still.Length..]);
    }

    [Fact]
    public void Denoise_GivenUpInTheMiddle_ReturnsWhatTheModelGuesses_AndBeforeTheFirstStepNothing()
    {
        using var interrupted = new CancellationTokenSource();
        var clip = pipeline.Denoise(
            Small,
            null,
            done =>
            {
                if (done == 2) interrupted.Cancel();
            },
            interrupted.Token);
        Assert.Equal(2, clip.Steps);
        Assert.Equal(Denoise(Small).Latents.Length, clip.Latents.Length);
        Assert.All(clip.Latents.ToArray(), value => Assert.True(float.IsFinite(value)));
        Assert.Contains(clip.Latents.ToArray(), value => value != 0);
        Assert.Throws<OperationCanceledException>(() => pipeline.Denoise(Small, null, null, new CancellationToken(true)));
    }

    [Fact]
    public void Denoise_TellsItsStages_AndEveryStep()
    {
        var told = new List<string>();
        pipeline.Denoise(Small with { Image = new byte[32 * 48 * 3] }, told.Add, done => told.Add($"{done}"), CancellationToken.None);
        Assert.Equal(["reading the prompt", "encoding the picture", "denoising", "1", "2", "3", "4"], told);
    }

    [Fact]
    public void Decode_GivesEveryPictureInOrder_AsTheDecoderAloneDoes()
    {
        var clip = Denoise(Small);
        var groups = new List<byte[]>();
        pipeline.Decode(clip, Small.Size, pictures => groups.Add(pictures.ToArray()), CancellationToken.None);
        Assert.Equal(Small.Frames * 32 * 48 * 3, groups.Sum(group => group.Length));
        using var decoder = parts.LoadDecoder();
        using var history = decoder.CreateHistory(2, 3);
        var (length, rgb) = (clip.Latents.Length / clip.Frames, new byte[4 * 32 * 48 * 3]);
        for (var frame = 0; frame < clip.Frames; frame++)
        {
            decoder.Decode(clip.Latents.Span.Slice(frame * length, length), 2, 3, history, rgb);
            Assert.Equal(rgb, groups[frame]);
        }
    }

    [Fact]
    public void Need_IsItsLargestStage_AndTheRefusalHasAllNumbers()
    {
        var need = pipeline.Need(Small);
        Assert.Equal(["reading the prompt", "denoising", "decoding"], need.Stages.Select(stage => stage.Name));
        Assert.Contains("encoding the picture", pipeline.Need(Small with { Image = new byte[32 * 48 * 3] }).Stages.Select(stage => stage.Name));
        Assert.True(need.Peak >= parts.TransformerBytes + SanaVideoTransformer.WorkingBytes(parts.Transformer, new TokenGrid(2, 2, 3)) && need.Peak == need.Stages.Max(stage => stage.Bytes));
        Assert.True(pipeline.Need(Small with { Frames = 400, Size = new PictureSize(480, 832) }).Peak > 50 * need.Peak);
        Assert.Null(need.ProblemWith(need.Peak));
        var problem = new ClipPipeline(kernels, new FakeClipParts(kernels) { TransformerBytes = 12_345_000_000 }).Need(Small).ProblemWith(7_890_000_000);
        Assert.Contains("12.3 GB of memory at its peak", problem, StringComparison.Ordinal);
        Assert.Contains("7.9 GB are free", problem, StringComparison.Ordinal);
        Assert.Contains("--frames", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 1)]
    public void WorkingBytes_AreNoLessThanWhatAPassHolds_AndHardlyMore(int patch, int crossHeads)
    {
        // Wide enough that what is rounded up counts as little as in a published model.
        var (config, grid) = (TestTransformer.Config with { Heads = 20, Patch = patch, CrossHeads = crossHeads }, new TokenGrid(3, 4, 5));
        using var workspace = new Workspace(kernels, config, grid);
        Assert.InRange(Workspace.Numbers(config, grid), workspace.Held, 1.05 * workspace.Held);
    }

    public static TheoryData<string, string> Impossible => new()
    {
        { "size 30x48", "multiples of 16" }, { "size 0x48", "multiples of 16" }, { "frames 9", "8 or 12" }, { "frames 0", "4 or 8" }, { "frames -5", "4 or 8" },
        { "steps 0", "1 to 1000" }, { "steps 1001", "1 to 1000" }, { "guidance NaN", "0 or more" }, { "guidance -1", "0 or more" }, { "image 3", "4608" },
    };

    [Theory]
    [MemberData(nameof(Impossible))]
    public void Need_OfWhatCannotBeMade_SaysWhatCan(string wish, string said)
    {
        var (what, value) = (wish.Split(' ')[0], wish.Split(' ')[1]);
        var request = what switch
        {
            "size" => Small with { Size = new PictureSize(int.Parse(value.Split('x')[0]), int.Parse(value.Split('x')[1])) },
            "frames" => Small with { Frames = int.Parse(value) },
            "steps" => Small with { Steps = int.Parse(value) },
            "guidance" => Small with { Guidance = value == "NaN" ? float.NaN : float.Parse(value) },
            _ => Small with { Image = new byte[3] },
        };
        Assert.Contains(said, Assert.ThrowsAny<ArgumentException>(() => pipeline.Need(request)).Message, StringComparison.Ordinal);
        Assert.ThrowsAny<ArgumentException>(() => Denoise(request));
        Assert.Empty(parts.Read);
    }

    private ClipLatents Denoise(ClipRequest request) => pipeline.Denoise(request, null, null, CancellationToken.None);
}
