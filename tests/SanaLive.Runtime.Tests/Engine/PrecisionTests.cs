using SanaLive.Runtime.Engine;
using SanaLive.Runtime.Kernels;
using SanaLive.Runtime.Kernels.Cpu;

namespace SanaLive.Runtime.Tests.Engine;

/// <summary>8-bit linears: as repeatable as fp32, nearly the same picture, and told apart.</summary>
public sealed class PrecisionTests
{
    [Fact]
    public void Generate_InInt8_SameFramesAgainAndForAnyNumberOfThreads()
    {
        using var folder = new TestModel();
        var first = Clip(folder.Path, 1, Precision.Int8);
        Assert.Equal(first, Clip(folder.Path, 1, Precision.Int8));
        Assert.Equal(first, Clip(folder.Path, 2, Precision.Int8));
        Assert.Equal(first, Clip(folder.Path, 3, Precision.Int8));
    }

    [Fact]
    public void Generate_InInt8_IsNearlyThePictureOfFp32()
    {
        using var folder = new TestModel();
        var (plain, bytes) = (Clip(folder.Path, 1, Precision.Fp32), Clip(folder.Path, 1, Precision.Int8));
        Assert.NotEqual(plain, bytes);
        var difference = plain.Zip(bytes).Average(pair => Math.Abs(pair.First - pair.Second));
        var mean = plain.Average(value => (double)value);
        var contrast = plain.Average(value => Math.Abs(value - mean));
        Assert.True(difference < 0.1 * contrast, $"Pixels differ by {difference:F2} on the average, their contrast is {contrast:F2}.");
    }

    [Theory]
    [InlineData(Precision.Fp32, "fp32")]
    [InlineData(Precision.Int8, "int8")]
    public async Task Facts_OfAnEngine_NameThePrecisionAndItBelongsToTheFingerprint(Precision precision, string name)
    {
        using var folder = new TestModel();
        await using var engine = CpuEngine.Load(folder.Path, new CpuEngineOptions { Threads = 1, WarmUpBlocks = 1, Precision = precision });
        Assert.Equal(name, engine.Facts.Precision);
        Assert.EndsWith($"/{name}", engine.Facts.Fingerprint, StringComparison.Ordinal);
        Assert.Equal(precision == Precision.Int8, engine.Facts.Reason.Contains("8-bit", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Facts_WhereVnniIsMissing_SayThatFp32IsTheBetterChoice()
    {
        using var folder = new TestModel();
        await using var engine = CpuEngine.Load(
            folder.Path, new CpuEngineOptions { Threads = 1, WarmUpBlocks = 1, Precision = Precision.Int8, InstructionSet = CpuInstructionSet.Vector128 });
        Assert.Contains("--precision fp32 is the better choice", engine.Facts.Reason, StringComparison.Ordinal);
    }

    private static byte[] Clip(string folder, int threads, Precision precision)
    {
        using var kernels = new CpuKernelSet(threads);
        using var model = VideoModel.Load(folder, kernels, precision);
        using var generator = new BlockGenerator(model, TimeProvider.System);
        using var stream = new VideoStream(model, 1);
        var request = new BlockRequest(model.Prompts.Read(null, "night"), default);
        var clip = new byte[3 * generator.FrameBytes];
        for (var block = 0; block < 3; block++)
            generator.Generate(stream, request, clip.AsSpan(block * generator.FrameBytes, generator.FrameBytes), CancellationToken.None);
        return clip;
    }
}
