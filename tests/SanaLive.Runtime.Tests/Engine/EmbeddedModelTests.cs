using SanaLive.Runtime.Engine;
using SanaLive.Runtime.Kernels.Cpu;

namespace SanaLive.Runtime.Tests.Engine;

/// <summary>The world that comes with the program: what is asked for is what one sees, and it is the transformer that shows it.</summary>
public sealed class EmbeddedModelTests
{
    private const long LargestWeights = 24_000_000;

    [Fact]
    public void Weights_OfAllParts_StaySmall()
    {
        var folder = EmbeddedModel.FindFolder();
        Assert.InRange(Directory.GetFiles(folder, "*.safetensors", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length), 1, LargestWeights);
    }

    [Fact]
    public void Cue_NightFalls_DarkensTheRunningPictureAndAControlStaysBright()
    {
        var folder = EmbeddedModel.FindFolder();
        using var kernels = new CpuKernelSet();
        using var model = VideoModel.Load(folder, kernels);
        using var generator = new BlockGenerator(model, TimeProvider.System);
        using var stream = new VideoStream(model, 1);
        using var control = new VideoStream(model, 1);
        var day = model.Prompts.Read(null, "a meadow on a clear day");
        var night = model.Prompts.Read(day, "night falls");
        Assert.Contains("night", night.Meaning, StringComparison.Ordinal);
        Assert.Contains("meadow", night.Meaning, StringComparison.Ordinal);

        var before = Continue(generator, stream, day, 5, recache: false);
        _ = Continue(generator, control, day, 5, recache: false);
        var after = Continue(generator, stream, night, 6, recache: true);
        var bright = Continue(generator, control, day, 6, recache: false);
        Assert.True(Brightness(after) < 0.75 * Brightness(before), $"Night has a brightness of {Brightness(after):F0}, day {Brightness(before):F0}.");
        Assert.InRange(Brightness(bright), 0.85 * Brightness(before), 1.15 * Brightness(before));
    }

    [Fact]
    public void Picture_WithTheTransformersWeightsAtZero_IsDestroyed()
    {
        var folder = EmbeddedModel.FindFolder();
        using var copy = new TemporaryFolder();
        foreach (var file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
        {
            var target = copy.File(Path.GetRelativePath(folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        var weights = Directory.GetFiles(copy.File("transformer"), "*.safetensors").Single();
        var bytes = File.ReadAllBytes(weights);
        bytes.AsSpan(8 + (int)BitConverter.ToInt64(bytes)).Clear();
        File.WriteAllBytes(weights, bytes);

        var (day, night) = (Picture(folder, "day"), Picture(folder, "night"));
        var (noDay, noNight) = (Picture(copy.Path, "day"), Picture(copy.Path, "night"));
        Assert.Equal(noDay, noNight);
        Assert.True(Difference(day, night) > 20, $"Day and night differ by {Difference(day, night):F1}.");
        Assert.True(Difference(day, noDay) > 20, $"The picture without a transformer differs from day by {Difference(day, noDay):F1} only.");
    }

    private static byte[] Picture(string folder, string time)
    {
        using var kernels = new CpuKernelSet();
        using var model = VideoModel.Load(folder, kernels);
        using var generator = new BlockGenerator(model, TimeProvider.System);
        using var stream = new VideoStream(model, 2);
        return Continue(generator, stream, model.Prompts.Read(null, time), 4, recache: false);
    }

    private static byte[] Continue(BlockGenerator generator, VideoStream stream, Prompt prompt, int blocks, bool recache)
    {
        var frames = new byte[generator.FrameBytes];
        for (var block = 0; block < blocks; block++)
            generator.Generate(stream, new BlockRequest(prompt, default, Recache: recache && block == 0), frames, CancellationToken.None);
        return frames;
    }

    private static double Brightness(byte[] frames) => frames.Average(value => (double)value);

    private static double Difference(byte[] a, byte[] b) => a.Zip(b, (x, y) => Math.Abs(x - y)).Average();
}
