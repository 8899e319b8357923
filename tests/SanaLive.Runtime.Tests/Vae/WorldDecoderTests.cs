using SanaLive.Runtime.Checkpoints;
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

    private static byte[] Decode(WorldDecoder decoder, int frame, DecoderHistory history)
    {
        var latents = new float[Height * Width * decoder.LatentChannels];
        CounterNoise.Fill(1, frame, 0, latents);
        var rgb = new byte[decoder.FramesPerLatent * Height * decoder.SpatialScale * Width * decoder.SpatialScale * 3];
        decoder.Decode(latents, Height, Width, history, rgb);
        return rgb;
    }
}
