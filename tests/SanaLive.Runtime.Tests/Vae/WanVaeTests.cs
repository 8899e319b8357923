using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;
using SanaLive.Runtime.Kernels.Cpu;
using SanaLive.Runtime.Kernels.Scalar;
using SanaLive.Runtime.Sampling;
using SanaLive.Runtime.Vae;
using SanaLive.Runtime.Vae.Wan;

namespace SanaLive.Runtime.Tests.Vae;

public sealed class WanVaeTests
{
    private const int Height = 1;
    private const int Width = 2;

    private static readonly TestWanVae Small = new();
    private static readonly TestWanVae Published = new() { BaseDim = 2, ZDim = 3, DimMult = [1, 2, 4, 4], ResBlocks = 2, HalvesTime = [false, true, true] };

    public static TheoryData<int, string, int> Structures => new()
    {
        // Counted on paper: two frames a causal layer at its own rate.
        { 1, "", 1 + (2 * (1 + 4 + 4 + 1)) },
        { 1, "false", 1 + (2 * (1 + 4 + 4 + 4 + 1)) },
        { 1, "true", 1 + (2 * (1 + 4 + 4 + 1)) + 5 },
        { 2, "false,true,true", 39 },
        { 1, "false,true,true", 31 },
    };

    [Theory]
    [MemberData(nameof(Structures))]
    public void ReceptiveField_OfAStructure_IsCountedFromItsLayers(int resBlocks, string halvesTime, int expected)
    {
        bool[] halves = [.. halvesTime.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(bool.Parse)];
        using var kernels = new CpuKernelSet(1);
        using var decoder = Decoder(kernels, new TestWanVae { BaseDim = 2, DimMult = [.. Enumerable.Repeat(2, halves.Length + 1)], ResBlocks = resBlocks, HalvesTime = halves });
        Assert.Equal(expected, decoder.ReceptiveField);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void Decode_LatentThatIsNotANumber_IsSeenToTheEndOfTheReceptiveFieldAndNotAFrameLonger(int framesLater, bool seen)
    {
        using var kernels = new ScalarKernelSet<float>();
        using var decoder = Decoder(kernels, Small);
        using var history = decoder.CreateHistory(Height, Width);
        const int bad = 2;
        var last = bad + decoder.ReceptiveField - 1 + framesLater;
        float[] pictures = [];
        for (var frame = 0; frame <= last; frame++)
            pictures = Decode(decoder, frame, history, frame == bad ? float.NaN : null);
        Assert.Equal(seen, pictures.Any(float.IsNaN));
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(false, 2)]
    [InlineData(false, 3)]
    [InlineData(false, 9)]
    [InlineData(false, 40)]
    [InlineData(true, 2)]
    [InlineData(true, 38)]
    [InlineData(true, 45)]
    public void Rebuild_FromTheLastLatents_GivesTheSameNextPicturesBitForBit(bool asPublished, int frames)
    {
        using var kernels = new CpuKernelSet(1);
        using var decoder = Decoder(kernels, asPublished ? Published : Small);
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
        for (var frame = frames; frame < frames + 3; frame++)
            Assert.Equal(Decode(decoder, frame, whole), Decode(decoder, frame, rebuilt));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void Rebuild_WhatTheOldestLatentOfTheFieldChanges_NeedsThatLatent(int fewer, bool same)
    {
        // Not a number: however little the oldest latent weighs, it shows.
        using var kernels = new ScalarKernelSet<float>();
        using var decoder = Decoder(kernels, Small);
        using var whole = decoder.CreateHistory(Height, Width);
        using var rebuilt = decoder.CreateHistory(Height, Width);
        var seen = new DecodedLatents(decoder.ReceptiveField - fewer, Height * Width * decoder.LatentChannels);
        var last = decoder.ReceptiveField + 1;
        float? At(int frame) => frame == last - decoder.ReceptiveField + 1 ? float.NaN : null;
        for (var frame = 0; frame < last; frame++)
        {
            Decode(decoder, frame, whole, At(frame));
            seen.Add(Latents(decoder, frame, At(frame)));
        }

        seen.Rebuild(decoder, Height, Width, rebuilt);
        Assert.Equal(same, Decode(decoder, last, whole).SequenceEqual(Decode(decoder, last, rebuilt)));
    }

    [Fact]
    public void Decode_AfterClear_OwesNothingToWhatWasShownBefore()
    {
        using var kernels = new CpuKernelSet(1);
        using var decoder = Decoder(kernels, Small);
        using var used = decoder.CreateHistory(Height, Width);
        using var fresh = decoder.CreateHistory(Height, Width);
        for (var frame = 0; frame < 4; frame++)
            Decode(decoder, frame, used);
        used.Clear();
        for (var frame = 20; frame < 23; frame++)
            Assert.Equal(Decode(decoder, frame, fresh), Decode(decoder, frame, used));
    }

    [Fact]
    public void CopyFrom_AHistory_LetsBothStreamsGoOnAlone()
    {
        using var kernels = new CpuKernelSet(1);
        using var decoder = Decoder(kernels, Small);
        using var first = decoder.CreateHistory(Height, Width);
        using var second = decoder.CreateHistory(Height, Width);
        for (var frame = 0; frame < 3; frame++)
            Decode(decoder, frame, first);
        second.CopyFrom(first);
        var expected = Decode(decoder, 3, first);
        Decode(decoder, 17, first);
        Assert.Equal(expected, Decode(decoder, 3, second));
    }

    [Fact]
    public void Decode_FirstLatentFrame_GivesOnePictureAndEachLaterOneFour()
    {
        using var kernels = new CpuKernelSet(1);
        using var decoder = Decoder(kernels, Published);
        using var history = decoder.CreateHistory(Height, Width);
        Assert.Equal((1, 4, 8), (decoder.FramesOfFirstLatent, decoder.FramesPerLatent, decoder.SpatialScale));
        Assert.Equal((0, 1, 5, 81), (decoder.FramesOf(0), decoder.FramesOf(1), decoder.FramesOf(2), decoder.FramesOf(21)));
        Assert.Equal(1 * 8 * 16 * 3, Decode(decoder, 0, history).Length);
        Assert.Equal(4 * 8 * 16 * 3, Decode(decoder, 1, history).Length);
        Assert.Equal(4 * 8 * 16 * 3, Decode(decoder, 2, history).Length);
    }

    [Fact]
    public void Decode_WithRoomForFourPicturesAtTheBeginning_IsRefusedAndChangesNothing()
    {
        using var kernels = new CpuKernelSet(1);
        using var decoder = Decoder(kernels, Small);
        using var history = decoder.CreateHistory(Height, Width);
        var error = Assert.Throws<ArgumentException>(() => decoder.Decode(Latents(decoder, 0), Height, Width, history, new float[2 * 2 * 4 * 3]));
        Assert.Contains("1 pictures of 2 x 4 x 3", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => decoder.Decode(new float[3], Height, Width, history, new float[2 * 4 * 3]));
        Assert.Equal(0, history.Frames);
    }

    [Fact]
    public void Decode_ToBytes_IsWhatTheNumbersRoundTo()
    {
        using var kernels = new CpuKernelSet(1);
        using var decoder = Decoder(kernels, Small);
        using var history = decoder.CreateHistory(Height, Width);
        using var same = decoder.CreateHistory(Height, Width);
        var bytes = new byte[2 * 4 * 3];
        decoder.Decode(Latents(decoder, 0), Height, Width, history, bytes);
        Assert.Equal(Decode(decoder, 0, same).Select(value => (byte)Math.Clamp(MathF.Floor((value * 127.5f) + 128), 0, 255)), bytes);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 5)]
    public void PeakBytes_OfASize_AreTheBytesThatDecodingTakes(int height, int width)
    {
        using var kernels = new CpuKernelSet(1);
        using var decoder = Decoder(kernels, Published);
        using var history = decoder.CreateHistory(height, width);
        decoder.Forward(new float[height * width * decoder.LatentChannels], height, width, history);
        Assert.Equal(history.Bytes + decoder.WorkingBytes, decoder.PeakBytes(8 * height, 8 * width));
        Assert.Throws<ArgumentException>(() => decoder.PeakBytes((8 * height) + 1, 8 * width));
    }

    [Fact]
    public void Encode_ClipAfterClip_StartsFromItsOwnBeginning()
    {
        using var kernels = new CpuKernelSet(1);
        using var encoder = Encoder(kernels, Published);
        var (short5, long9) = (Encode(encoder, 5), Encode(encoder, 9));
        Assert.Equal(long9[..short5.Length], short5);
        Assert.Equal(long9, Encode(encoder, 9));
    }

    [Theory]
    [InlineData(0, 8, 16)]
    [InlineData(2, 8, 16)]
    [InlineData(4, 8, 16)]
    [InlineData(1, 12, 16)]
    [InlineData(1, 8, 0)]
    [InlineData(1, 8, 9)]
    public void Encode_OddSizes_AreRefused(int frames, int height, int width)
    {
        using var kernels = new CpuKernelSet(1);
        using var encoder = Encoder(kernels, Published);
        Assert.Throws<ArgumentException>(() => encoder.Encode(new float[frames * height * width * 3], frames, height, width, new float[Math.Max(1, width / 8) * 3]));
    }

    [Fact]
    public void Load_TensorThatIsMissing_IsNamed()
    {
        var error = Assert.Throws<CheckpointException>(() => Load(tensors => tensors.Remove("decoder.up_blocks.0.upsamplers.0.time_conv.weight")));
        Assert.Contains("decoder.up_blocks.0.upsamplers.0.time_conv.weight", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_TensorOfAnotherShape_IsNamedWithBothShapes()
    {
        var error = Assert.Throws<CheckpointException>(() => Load(tensors => tensors["encoder.down_blocks.0.norm1.gamma"] = ([4], new float[4])));
        Assert.Contains("encoder.down_blocks.0.norm1.gamma", error.Message, StringComparison.Ordinal);
        Assert.Contains("[4]", error.Message, StringComparison.Ordinal);
        Assert.Contains("[4, 1, 1, 1]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_TensorThatNobodyKnows_IsNamed() => Assert.Contains(
        "decoder.extra", Assert.Throws<CheckpointException>(() => Load(tensors => tensors["decoder.extra"] = ([1], new float[1]))).Message, StringComparison.Ordinal);

    public static TheoryData<string, string> Refused => new()
    {
        { "z_dim", "0" },
        { "z_dim", "\"two\"" },
        { "base_dim", "-4" },
        { "decoder_base_dim", "0" },
        { "dim_mult", "[]" },
        { "dim_mult", "[1]" },
        { "dim_mult", "[1, 0]" },
        { "num_res_blocks", "0" },
        { "temperal_downsample", "[true, false]" },
        { "temperal_downsample", "[1]" },
        { "latents_mean", "[0.1]" },
        { "latents_mean", "[0.1, 1e99]" },
        { "latents_mean", "[0.1, NaN]" },
        { "latents_std", "[1, 0]" },
        { "latents_std", "[1, -1]" },
        { "latents_std", "[1, null]" },
        { "latents_std", "null" },
        { "is_residual", "true" },
        { "patch_size", "2" },
        { "attn_scales", "[0.5]" },
        { "in_channels", "12" },
        { "out_channels", "1" },
        { "_class_name", "\"AutoencoderKL\"" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Config_ThatMakesNoVae_IsRefusedByItsPath(string key, string value)
    {
        using var folder = new TemporaryFolder();
        var config = Small.Config((key, "?")).Replace("\"?\"", value, StringComparison.Ordinal);
        File.WriteAllText(folder.File("config.json"), config);
        Assert.Contains(folder.File("config.json"), Assert.Throws<CheckpointException>(() => WanVaeConfig.Read(folder.File("config.json"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"_class_name\": \"AutoencoderKLWan\"}")]
    public void Config_ThatIsDamaged_IsRefused(string config)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("config.json"), config);
        Assert.Throws<CheckpointException>(() => WanVaeConfig.Read(folder.File("config.json")));
    }

    [Fact]
    public void Config_WithADecoderOfItsOwnWidth_IsRead()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("config.json"), Small.Config(("decoder_base_dim", 6), ("patch_size", null), ("is_residual", false)));
        var config = WanVaeConfig.Read(folder.File("config.json"));
        Assert.Equal((4, 6, 2, 2), (config.EncoderChannels, config.DecoderChannels, config.SpatialScale, config.FramesPerLatent));
    }

    private static WanDecoder Decoder(KernelSet kernels, TestWanVae vae) => Make(vae, (config, checkpoint) => new WanDecoder(kernels, config, checkpoint));

    private static WanEncoder Encoder(KernelSet kernels, TestWanVae vae) => Make(vae, (config, checkpoint) => new WanEncoder(kernels, config, checkpoint));

    private static T Make<T>(TestWanVae vae, Func<WanVaeConfig, Checkpoint, T> make)
    {
        using var folder = new TemporaryFolder();
        vae.Write(folder.Path);
        using var checkpoint = Checkpoint.Open(folder.Path);
        return make(WanVaeConfig.Read(folder.File("config.json")), checkpoint);
    }

    /// <summary>All of a VAE from a checkpoint that was changed.</summary>
    private static void Load(Action<Dictionary<string, (int[] Shape, float[] Values)>> change)
    {
        using var folder = new TemporaryFolder();
        Small.Write(folder.Path, change);
        using var checkpoint = Checkpoint.Open(folder.Path);
        using var kernels = new CpuKernelSet(1);
        var config = WanVaeConfig.Read(folder.File("config.json"));
        using var decoder = new WanDecoder(kernels, config, checkpoint);
        using var encoder = new WanEncoder(kernels, config, checkpoint);
        checkpoint.Finish();
    }

    private static float[] Latents(WanDecoder decoder, int frame, float? one = null)
    {
        var latents = new float[Height * Width * decoder.LatentChannels];
        CounterNoise.Fill(1, frame, 0, latents);
        latents[^1] = one ?? latents[^1];
        return latents;
    }

    private static float[] Decode(WanDecoder decoder, int frame, DecoderHistory history, float? one = null)
    {
        var rgb = new float[decoder.NextFrames(history) * Height * Width * decoder.SpatialScale * decoder.SpatialScale * 3];
        decoder.Decode(Latents(decoder, frame, one), Height, Width, history, rgb);
        return rgb;
    }

    private static float[] Encode(WanEncoder encoder, int frames)
    {
        var (video, latents) = (new float[frames * 8 * 16 * 3], new float[encoder.LatentFrames(frames) * 2 * encoder.LatentChannels]);
        CounterNoise.Fill(3, 0, 0, video);
        encoder.Encode(video, frames, 8, 16, latents);
        return latents;
    }

    private static float[] Numbers(KernelSet kernels, Tensor tensor)
    {
        var numbers = new float[tensor.Count];
        kernels.Read(tensor, numbers);
        return numbers;
    }
}
