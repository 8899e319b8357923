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

    [Fact]
    public void Load_WhereNobodyChooses_TakesTheModelsPrecisionWhereTheKernelsAreFasterSo()
    {
        using var says = new TestModel(precision: "int8");
        using var saysNothing = new TestModel();
        using var portable = new CpuKernelSet(1, CpuInstructionSet.Vector128);
        using var widest = new CpuKernelSet(1);
        Assert.False(portable.FastInt8);
        Assert.Equal(Precision.Fp32, PrecisionOf(says.Path, portable, null));
        Assert.Equal(widest.ByteProducts == CpuByteProducts.Vnni ? Precision.Int8 : Precision.Fp32, PrecisionOf(says.Path, widest, null));
        Assert.Equal(Precision.Fp32, PrecisionOf(says.Path, widest, Precision.Fp32));
        Assert.Equal(Precision.Fp32, PrecisionOf(saysNothing.Path, widest, null));
        Assert.Equal(Precision.Int8, PrecisionOf(saysNothing.Path, portable, Precision.Int8));
    }

    [Theory]
    [InlineData(CpuInstructionSet.Vector128, "without AVX-VNNI int8, the model's choice, would be slower")]
    [InlineData(null, null)]
    public async Task Facts_WhereNobodyChose_SayWhatWasChosenAndWhy(CpuInstructionSet? set, string? why)
    {
        using var folder = new TestModel(precision: "int8");
        await using var engine = CpuEngine.Load(folder.Path, new CpuEngineOptions { Threads = 1, WarmUpBlocks = 1, InstructionSet = set });
        why ??= engine.Facts.Precision == "int8" ? "the judge sees no difference" : "without AVX-VNNI int8, the model's choice, would be slower";
        Assert.Contains(why, engine.Facts.Reason, StringComparison.Ordinal);
    }

    private static Precision PrecisionOf(string folder, CpuKernelSet kernels, Precision? chosen)
    {
        using var model = VideoModel.Load(folder, kernels, chosen);
        return model.Precision;
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
