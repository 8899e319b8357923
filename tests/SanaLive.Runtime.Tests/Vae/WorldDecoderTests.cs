using System.Text.RegularExpressions;
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
    private const string Plain = "world_vae";
    private const string Carry = "world_vae_carry";

    [Theory]
    [InlineData(Plain)]
    [InlineData(Carry)]
    public void Decode_HistoryRebuiltFromTheReceptiveField_GivesTheSameBytes(string vae)
    {
        using var kernels = new CpuKernelSet(1);
        using var decoder = Load(kernels, vae);
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

    [Theory]
    [InlineData(Plain)]
    [InlineData(Carry)]
    public void Decode_WithOneLatentTooFew_IsSomethingElse(string vae)
    {
        using var kernels = new CpuKernelSet(1);
        using var decoder = Load(kernels, vae);
        using var whole = decoder.CreateHistory(Height, Width);
        using var late = decoder.CreateHistory(Height, Width);
        const int last = 11;
        byte[] expected = [], actual = [];
        for (var frame = 0; frame <= last; frame++)
            expected = Decode(decoder, frame, whole);
        for (var frame = last - decoder.ReceptiveField + 2; frame <= last; frame++)
            actual = Decode(decoder, frame, late);
        Assert.NotEqual(expected, actual);
    }

    [Theory]
    [InlineData(Plain)]
    [InlineData(Carry)]
    public void Decode_AfterClear_OwesNothingToWhatWasShownBefore(string vae)
    {
        using var kernels = new CpuKernelSet(1);
        using var decoder = Load(kernels, vae);
        using var used = decoder.CreateHistory(Height, Width);
        using var fresh = decoder.CreateHistory(Height, Width);
        for (var frame = 0; frame < 7; frame++)
            Decode(decoder, frame, used);
        used.Clear();
        for (var frame = 20; frame < 23; frame++)
            Assert.Equal(Decode(decoder, frame, fresh), Decode(decoder, frame, used));
    }

    [Fact]
    public void Decode_WithoutTheLastPicture_ShowsOtherFirstPicturesAndTheSameFourth()
    {
        using var kernels = new CpuKernelSet(1);
        using var decoder = Load(kernels, Carry);
        using var whole = decoder.CreateHistory(Height, Width);
        using var without = decoder.CreateHistory(Height, Width);
        for (var frame = 0; frame < 5; frame++)
        {
            Decode(decoder, frame, whole);
            decoder.Remember(Latents(decoder, frame), Height, Width, without, followedBy: 1);
        }

        var (expected, actual) = (Decode(decoder, 5, whole).Chunk(PictureBytes(decoder)).ToList(), Decode(decoder, 5, without).Chunk(PictureBytes(decoder)).ToList());
        Assert.All(Enumerable.Range(0, 3), picture => Assert.NotEqual(expected[picture], actual[picture]));
        Assert.Equal(expected[3], actual[3]);
    }

    [Theory]
    [InlineData(Plain, 1)]
    [InlineData(Plain, 4)]
    [InlineData(Plain, 12)]
    [InlineData(Carry, 1)]
    [InlineData(Carry, 3)]
    [InlineData(Carry, 5)]
    [InlineData(Carry, 12)]
    public void Rebuild_FromTheLastLatents_GivesTheSameHistoryBitForBit(string vae, int frames)
    {
        using var kernels = new CpuKernelSet(1);
        using var decoder = Load(kernels, vae);
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
        Assert.Equal(Decode(decoder, frames, whole), Decode(decoder, frames, rebuilt));
    }

    [Theory]
    [InlineData(Plain)]
    [InlineData(Carry)]
    public void Rebuild_FromOneLatentFewer_GivesAnotherHistory(string vae)
    {
        using var kernels = new CpuKernelSet(1);
        using var decoder = Load(kernels, vae);
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
        using var decoder = Load(kernels, Carry);
        using var history = decoder.CreateHistory(Height, Width);
        Assert.Throws<ArgumentException>(() => decoder.Decode(new float[5], Height, Width, history, new byte[4 * 32 * 48 * 3]));
    }

    [Theory]
    [InlineData("[0.8, 0.5]")]
    [InlineData("[0.8, 0.5, 0.3, 0.1]")]
    [InlineData("[1.5, 0.5, 0.3]")]
    [InlineData("[0.8, -0.1, 0.3]")]
    [InlineData("\"last_picture\"")]
    [InlineData("null")]
    public void Config_WithSharesOfTheLastPictureThatMeanNothing_IsRefused(string shares)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("config.json"), Regex.Replace(File.ReadAllText(Path.Combine(Part(Carry), "config.json")), "(?<=\"decoder_carry\": )\\[[^]]*]", shares));
        Assert.Contains(shares, File.ReadAllText(folder.File("config.json")), StringComparison.Ordinal);
        Assert.Throws<CheckpointException>(() => WorldVaeConfig.Read(folder.File("config.json")));
    }

    private static string Part(string vae) => Path.Combine(Repository.Root, "tests/golden", vae, "vae");

    private static WorldDecoder Load(CpuKernelSet kernels, string vae)
    {
        using var checkpoint = Checkpoint.Open(Part(vae));
        return new WorldDecoder(kernels, WorldVaeConfig.Read(Path.Combine(Part(vae), "config.json")), checkpoint);
    }

    private static int PictureBytes(WorldDecoder decoder) => Height * decoder.SpatialScale * Width * decoder.SpatialScale * 3;

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
        var rgb = new byte[decoder.FramesPerLatent * PictureBytes(decoder)];
        decoder.Decode(latents, Height, Width, history, rgb);
        return rgb;
    }
}
