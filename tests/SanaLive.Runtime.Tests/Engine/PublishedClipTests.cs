using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Checkpoints.Published;
using SanaLive.Runtime.Engine;
using SanaLive.Runtime.Kernels.Cpu;
using SanaLive.Runtime.Sampling;

namespace SanaLive.Runtime.Tests.Engine;

/// <summary>A published folder of clips from its files to pictures, on a small one with random weights at real names and shapes.</summary>
public sealed class PublishedClipTests : IDisposable
{
    private static readonly ClipRequest Small = new() { Prompt = "a small boat", Negative = "fog", Size = TestPublished.Size, Frames = 9, Steps = 3, Seed = 3 };
    private readonly TestPublished model = new(PublishedKind.Clip);
    private readonly CpuKernelSet kernels = new(2);
    private readonly PublishedClipParts parts;
    private readonly ClipPipeline pipeline;

    public PublishedClipTests()
    {
        parts = new PublishedClipParts(PublishedFolder.Recognise(model.Path), kernels);
        pipeline = new ClipPipeline(kernels, parts);
    }

    public void Dispose()
    {
        kernels.Dispose();
        model.Dispose();
    }

    [Fact]
    public void Parts_AreReadFromTheFolder()
    {
        Assert.Equal(new ClipLayout(4, 4, 1, 16), parts.Layout);
        Assert.Equal((SchedulerKind.DpmSolver, 8.0), (parts.Scheduler.Kind, parts.Scheduler.Shift));
        Assert.Equal((1e-15f, 1e-5f), (parts.Transformer.AttentionEps, parts.Transformer.CrossQkNormEps));
        Assert.StartsWith("A chaotic sequence", parts.Negative, StringComparison.Ordinal);
        Assert.True(parts.PromptBytes > 0 && parts.TransformerBytes > 0);
        Assert.True(parts.DecoderBytes(new PictureSize(64, 96)) > parts.DecoderBytes(TestPublished.Size));
    }

    [Fact]
    public void Clip_FromWords_IsNinePictures_TheSameAgain()
    {
        var clip = pipeline.Denoise(Small, null, null, CancellationToken.None);
        Assert.Equal((3, 3), (clip.Frames, clip.Steps));
        var pictures = Pictures(clip);
        Assert.Equal(9 * 32 * 48 * 3, pictures.Length);
        Assert.Equal(pictures, Pictures(pipeline.Denoise(Small, null, null, CancellationToken.None)));
        Assert.NotEqual(pictures, Pictures(pipeline.Denoise(Small with { Prompt = "a lighthouse" }, null, null, CancellationToken.None)));
    }

    [Fact]
    public void Clip_FromAPicture_BeginsWithWhatTheEncoderMakesOfIt()
    {
        byte[] picture = [.. Enumerable.Range(0, 32 * 48 * 3).Select(i => (byte)(i * 7))];
        var clip = pipeline.Denoise(Small with { Image = picture }, null, null, CancellationToken.None);
        var still = new float[clip.Latents.Length / 3];
        using var encoder = parts.LoadEncoder();
        encoder.Encode([.. picture.Select(value => value / 127.5f - 1)], 1, 32, 48, still);
        Assert.Equal(still, clip.Latents.ToArray()[..still.Length]);
        Assert.Equal(9 * picture.Length, Pictures(clip).Length);
    }

    [Fact]
    public void Clip_OfAModelWithLtx2_IsMadeFromWordsAndFromAPicture()
    {
        using var ltx2 = new TestPublished(PublishedKind.Clip, PublishedVae.Ltx2);
        var pieces = new PublishedClipParts(PublishedFolder.Recognise(ltx2.Path), kernels);
        Assert.Equal(new ClipLayout(32, 8, 1, 16), pieces.Layout);
        Assert.Contains("720p", pieces.Name, StringComparison.Ordinal);
        var clips = new ClipPipeline(kernels, pieces);
        var request = Small with { Size = new PictureSize(64, 96), Frames = 17 };
        Assert.True(clips.Need(request).Peak > 0);
        foreach (var wanted in new[] { request, request with { Image = new byte[64 * 96 * 3] } })
        {
            var (clip, bytes) = (clips.Denoise(wanted, null, null, CancellationToken.None), 0);
            clips.Decode(clip, wanted.Size, pictures => bytes += pictures.Length, CancellationToken.None);
            Assert.Equal((3, 17 * 64 * 96 * 3), (clip.Frames, bytes));
        }
    }

    [Fact]
    public void Parts_WithoutAScheduler_SampleAsTheReferenceDoes_AndWithAForeignOneAreRefused()
    {
        var path = Path.Combine(model.Path, "scheduler", "scheduler_config.json");
        File.Delete(path);
        Assert.Equal(new SchedulerConfig(SchedulerKind.DpmSolver, 8).Create(5).Timesteps.ToArray(), Open().Scheduler.Create(5).Timesteps.ToArray());
        File.WriteAllText(path, """{"_class_name": "DDIMScheduler"}""");
        Assert.Contains("DDIMScheduler", Assert.Throws<CheckpointException>(Open).Message, StringComparison.Ordinal);
    }

    private PublishedClipParts Open() => new(PublishedFolder.Recognise(model.Path), kernels);

    private byte[] Pictures(ClipLatents clip)
    {
        var all = new List<byte>();
        pipeline.Decode(clip, TestPublished.Size, pictures => all.AddRange(pictures.Span), CancellationToken.None);
        return [.. all];
    }
}
