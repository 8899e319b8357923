using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;
using SanaLive.Runtime.Kernels.Cpu;
using SanaLive.Runtime.Sampling;
using SanaLive.Runtime.Vae;

namespace SanaLive.Runtime.Tests.Vae;

public sealed class WorldDecoderTests
{
    private const int Height = 2;
    private const int Width = 3;
    private static readonly string Part = Path.Combine(Repository.Root, "tests/golden/world_vae/vae");

    [Fact]
    public void Decode_HistoryRebuiltFromTheReceptiveField_GivesTheSameBytes()
    {
        using var kernels = new CpuKernelSet(1);
        using var decoder = Load(kernels);
        using var whole = decoder.CreateHistory(Height, Width);
        using var rebuilt = decoder.CreateHistory(Height, Width);
        const int last = 11;
        byte[] expected = [], actual = [];
        for (var frame = 0; frame <= last; frame++)
            expected = Decode(decoder, frame, whole);
        for (var frame = last - decoder.ReceptiveField + 1; frame <= last; frame++)
            actual = Decode(decoder, frame, rebuilt);
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Decode_WithOneLatentTooFew_IsSomethingElse()
    {
        using var kernels = new CpuKernelSet(1);
        using var decoder = Load(kernels);
        using var whole = decoder.CreateHistory(Height, Width);
        using var cold = decoder.CreateHistory(Height, Width);
        byte[] expected = [];
        for (var frame = 0; frame <= 3; frame++)
            expected = Decode(decoder, frame, whole);
        Assert.NotEqual(expected, Decode(decoder, 3, cold));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(12)]
    public void Rebuild_FromTheLastLatents_GivesTheSameHistoryBitForBit(int frames)
    {
        using var kernels = new CpuKernelSet(1);
        using var decoder = Load(kernels);
        using var whole = decoder.CreateHistory(Height, Width);
        using var rebuilt = decoder.CreateHistory(Height, Width);
        var seen = new DecodedLatents(decoder.ReceptiveField - 1, Height * Width * decoder.LatentChannels);
        for (var frame = 0; frame < frames; frame++)
        {
            Decode(decoder, frame, whole);
            seen.Add(Latents(decoder, frame));
        }

        Decode(decoder, 99, rebuilt);
        seen.Rebuild(decoder, Height, Width, rebuilt);
        Assert.All(whole.Parts.Zip(rebuilt.Parts), pair => Assert.Equal(Numbers(kernels, pair.First), Numbers(kernels, pair.Second)));
    }

    [Fact]
    public void Rebuild_FromOneLatentFewer_GivesAnotherHistory()
    {
        using var kernels = new CpuKernelSet(1);
        using var decoder = Load(kernels);
        using var whole = decoder.CreateHistory(Height, Width);
        using var rebuilt = decoder.CreateHistory(Height, Width);
        var seen = new DecodedLatents(decoder.ReceptiveField - 2, Height * Width * decoder.LatentChannels);
        for (var frame = 0; frame < 12; frame++)
        {
            Decode(decoder, frame, whole);
            seen.Add(Latents(decoder, frame));
        }

        seen.Rebuild(decoder, Height, Width, rebuilt);
        Assert.Contains(whole.Parts.Zip(rebuilt.Parts), pair => !Numbers(kernels, pair.First).SequenceEqual(Numbers(kernels, pair.Second)));
    }

    [Fact]
    public void Decode_OtherSizeThanItsLatents_IsRefused()
    {
        using var kernels = new CpuKernelSet(1);
        using var decoder = Load(kernels);
        using var history = decoder.CreateHistory(Height, Width);
        Assert.Throws<ArgumentException>(() => decoder.Decode(new float[5], Height, Width, history, new byte[4 * 32 * 48 * 3]));
    }

    private static WorldDecoder Load(CpuKernelSet kernels)
    {
        using var checkpoint = Checkpoint.Open(Part);
        return new WorldDecoder(kernels, WorldVaeConfig.Read(Path.Combine(Part, "config.json")), checkpoint);
    }

    private static float[] Latents(WorldDecoder decoder, int frame)
    {
        var latents = new float[Height * Width * decoder.LatentChannels];
        CounterNoise.Fill(1, frame, 0, latents);
        return latents;
    }

    private static float[] Numbers(CpuKernelSet kernels, Tensor tensor)
    {
        var numbers = new float[tensor.Count];
        kernels.Read(tensor, numbers);
        return numbers;
    }

    private static byte[] Decode(WorldDecoder decoder, int frame, DecoderHistory history)
    {
        var latents = Latents(decoder, frame);
        var rgb = new byte[decoder.FramesPerLatent * Height * decoder.SpatialScale * Width * decoder.SpatialScale * 3];
        decoder.Decode(latents, Height, Width, history, rgb);
        return rgb;
    }
}
