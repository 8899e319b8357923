using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;
using SanaLive.Runtime.Kernels.Cpu;
using SanaLive.Runtime.Sampling;
using SanaLive.Runtime.Vae;
using SanaLive.Runtime.Vae.Ltx2;

namespace SanaLive.Runtime.Tests.Vae;

public sealed class Ltx2Tests
{
    private const string Golden = "d1_vae_ltx2";
    private const int Height = 2;
    private const int Width = 3;

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(20)]
    public void Rebuild_FromTheLastLatents_GivesTheSameHistoryBitForBit(int frames)
    {
        using var kernels = new CpuKernelSet(2);
        using var decoder = Backward(kernels);
        using var whole = decoder.CreateHistory(Height, Width);
        using var rebuilt = decoder.CreateHistory(Height, Width);
        var seen = new DecodedLatents(decoder.ReceptiveField - 1, Height * Width * decoder.LatentChannels);
        Fill(decoder, frames, whole, seen);

        Decode(decoder, 99, rebuilt);
        seen.Rebuild(decoder, Height, Width, rebuilt);

        Assert.All(whole.Parts.Zip(rebuilt.Parts), pair => Assert.Equal(Numbers(kernels, pair.First), Numbers(kernels, pair.Second)));
        Assert.Equal(Decode(decoder, frames, whole), Decode(decoder, frames, rebuilt));
    }

    [Fact]
    public void Rebuild_FromOneLatentFewer_GivesAnotherHistory()
    {
        using var kernels = new CpuKernelSet(2);
        using var decoder = Backward(kernels);
        using var whole = decoder.CreateHistory(Height, Width);
        using var rebuilt = decoder.CreateHistory(Height, Width);
        var seen = new DecodedLatents(decoder.ReceptiveField - 2, Height * Width * decoder.LatentChannels);
        Fill(decoder, 20, whole, seen);

        seen.Rebuild(decoder, Height, Width, rebuilt);

        Assert.Contains(whole.Parts.Zip(rebuilt.Parts), pair => !Numbers(kernels, pair.First).SequenceEqual(Numbers(kernels, pair.Second)));
        Assert.NotEqual(Decode(decoder, 20, whole), Decode(decoder, 20, rebuilt));
    }

    [Fact]
    public void Decode_AfterClear_IsAStreamsBeginning()
    {
        using var kernels = new CpuKernelSet(2);
        using var folder = new VaeFolder(Golden);
        using var decoder = Load(kernels, folder);
        using var used = decoder.CreateHistory(Height, Width);
        using var fresh = decoder.CreateHistory(Height, Width);
        Decode(decoder, 0, used);
        Decode(decoder, 1, used);
        used.Clear();
        Assert.Equal(1, decoder.NextFrames(used));
        for (var frame = 5; frame < 8; frame++)
            Assert.Equal(Decode(decoder, frame, fresh), Decode(decoder, frame, used));
        Assert.Equal(8, decoder.NextFrames(used));
    }

    [Fact]
    public void CopyFrom_InTheMiddleOfAStream_ContinuesItTheSame()
    {
        using var kernels = new CpuKernelSet(2);
        using var folder = new VaeFolder(Golden);
        using var decoder = Load(kernels, folder);
        using var one = decoder.CreateHistory(Height, Width);
        using var other = decoder.CreateHistory(Height, Width);
        Decode(decoder, 0, one);
        Decode(decoder, 1, one);
        other.CopyFrom(one);
        Assert.Equal(Decode(decoder, 2, one), Decode(decoder, 2, other));
    }

    [Fact]
    public void DecodeClip_OfACausalDecoder_IsItsStream()
    {
        using var kernels = new CpuKernelSet(2);
        using var folder = new VaeFolder(Golden);
        using var decoder = Load(kernels, folder);
        using var history = decoder.CreateHistory(Height, Width);
        var stream = Enumerable.Range(0, 3).SelectMany(frame => Decode(decoder, frame, history)).ToArray();
        var latents = Enumerable.Range(0, 3).SelectMany(frame => Latents(decoder, frame)).ToArray();
        Assert.Equal(stream, decoder.DecodeClip(latents, 3, Height, Width));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void DecodeClip_OfADecoderThatLooksAhead_GivesAllPictures(int frames)
    {
        using var kernels = new CpuKernelSet(2);
        using var folder = new VaeFolder(Golden);
        folder.Set("decoder_causal", "false");
        using var decoder = Load(kernels, folder);
        var latents = Enumerable.Range(0, frames).SelectMany(frame => Latents(decoder, frame)).ToArray();
        Assert.Equal(decoder.FramesOf(frames) * Height * 32 * Width * 32 * 3, decoder.DecodeClip(latents, frames, Height, Width).Length);
        Assert.Throws<NotSupportedException>(() => decoder.CreateHistory(Height, Width));
        Assert.Throws<NotSupportedException>(() => decoder.ReceptiveField);
    }

    [Fact]
    public void ReceptiveField_OfThePublishedSizes_IsCounted()
    {
        // Five residual blocks everywhere, three doublings: twelve convolutions at the latents' size, then eleven at each.
        Assert.Equal([44, 20, 9, 3], FrameReach.LatentsBefore([(12, 2), (11, 2), (11, 2), (11, 1)]));

        // One convolution looks back two frames; nothing at all looks back at nothing.
        Assert.Equal([2], FrameReach.LatentsBefore([(1, 1)]));
        Assert.Equal([0], FrameReach.LatentsBefore([(0, 1)]));
    }

    [Theory]
    [InlineData("[256, 512, 1024, 2048]", "[256, 512, 1024]", "[5, 5, 5, 5]", "[4, 6, 6, 2, 2]", "[2, 2, 2]", "[\"spatiotemporal\", \"spatiotemporal\", \"spatiotemporal\"]", 128)]
    [InlineData("[256, 512, 1024, 1024]", "[256, 512, 512, 1024]", "[4, 6, 4, 2, 2]", "[4, 6, 4, 2, 2]", "[2, 2, 1, 2]", "[\"spatiotemporal\", \"spatiotemporal\", \"temporal\", \"spatial\"]", 128)]
    public void Config_OfThePublishedModels_IsRead(string encoder, string decoder, string decoderLayers, string layers, string factors, string types, int lastChannels)
    {
        using var folder = new VaeFolder(Golden);
        var blocks = factors.Count(c => c == ',') + 1;
        foreach (var (key, json) in new[]
        {
            ("latent_channels", "128"), ("block_out_channels", encoder), ("decoder_block_out_channels", decoder), ("decoder_layers_per_block", decoderLayers),
            ("layers_per_block", layers), ("upsample_factor", factors), ("upsample_type", types), ("decoder_causal", "false"), ("decoder_spatio_temporal_scaling", "true"),
            ("upsample_residual", blocks == 3 ? "true" : "false"), ("decoder_inject_noise", "false"), ("spatial_compression_ratio", "32"), ("temporal_compression_ratio", "8"),
        })
        {
            folder.Set(key, json);
        }

        var config = Ltx2Config.Read(folder.ConfigPath);
        Assert.Equal((32, 8, 128, false), (config.SpatialScale, config.TemporalScale, config.LatentChannels, config.DecoderCausal));
        Assert.Equal((1024, lastChannels), (config.DecoderStages[0].Inputs, config.DecoderStages[^1].Outputs));
        Assert.All(config.DecoderStages, stage => Assert.False(stage.ChangesChannels));
    }

    [Theory]
    [InlineData("_class_name", "\"AutoencoderKLLTXVideo\"")]
    [InlineData("latent_channels", "0")]
    [InlineData("latent_channels", null)]
    [InlineData("in_channels", "4")]
    [InlineData("block_out_channels", "[8, 16, 32]")]
    [InlineData("block_out_channels", "[9, 16, 32, 64]")]
    [InlineData("decoder_block_out_channels", "[8, 16, -32]")]
    [InlineData("decoder_block_out_channels", "[8, 24, 32]")]
    [InlineData("decoder_layers_per_block", "[1, 1, 1]")]
    [InlineData("decoder_layers_per_block", "[1, 1, 1, -1]")]
    [InlineData("layers_per_block", "7")]
    [InlineData("upsample_factor", "[2, 2]")]
    [InlineData("upsample_factor", "[2, 2, 3]")]
    [InlineData("upsample_type", "[\"spatiotemporal\", \"sideways\", \"spatial\"]")]
    [InlineData("upsample_type", "[\"spatial\", \"spatial\", \"spatial\"]")]
    [InlineData("downsample_type", "[\"conv\", \"temporal\", \"spatiotemporal\", \"spatiotemporal\"]")]
    [InlineData("down_block_types", "[\"DownBlock2D\"]")]
    [InlineData("decoder_inject_noise", "[false, true, false, false]")]
    [InlineData("timestep_conditioning", "true")]
    [InlineData("encoder_causal", "false")]
    [InlineData("patch_size", "0")]
    [InlineData("patch_size_t", "2")]
    [InlineData("decoder_spatial_padding_mode", "\"circular\"")]
    [InlineData("scaling_factor", "-1")]
    [InlineData("resnet_norm_eps", "\"small\"")]
    public void Config_ThatMeansNothing_IsRefusedByNameOfItsFile(string key, string? json)
    {
        using var folder = new VaeFolder(Golden);
        folder.Set(key, json);
        Assert.Contains(folder.ConfigPath, Assert.Throws<CheckpointException>(() => Ltx2Config.Read(folder.ConfigPath)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("latents_std")]
    [InlineData("decoder.conv_out.conv.bias")]
    [InlineData("decoder.up_blocks.1.upsamplers.0.conv.conv.weight")]
    [InlineData("encoder.down_blocks.3.resnets.0.conv2.conv.weight")]
    [InlineData("encoder.conv_in.conv.weight")]
    public void Checkpoint_WithoutATensorOrWithAnotherShape_IsRefusedByItsName(string tensor)
    {
        using var missing = new VaeFolder(Golden);
        missing.Rewrite((name, shape, values) => name == tensor ? null : (shape, values));
        Assert.Contains(tensor, Assert.Throws<CheckpointException>(() => LoadBoth(missing)).Message, StringComparison.Ordinal);

        using var flat = new VaeFolder(Golden);
        flat.Rewrite((name, shape, values) => name == tensor ? ([1, values.Length], values) : (shape, values));
        Assert.Contains(tensor, Assert.Throws<CheckpointException>(() => LoadBoth(flat)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Checkpoint_WithTensorsToSpare_OrDeviationsOfZero_IsRefused()
    {
        using var deeper = new VaeFolder(Golden);
        deeper.Set("decoder_layers_per_block", "[1, 1, 1, 0]");
        Assert.Contains("mid_block", Assert.Throws<CheckpointException>(() => LoadBoth(deeper)).Message, StringComparison.Ordinal);

        using var still = new VaeFolder(Golden);
        still.Rewrite((name, shape, values) => (shape, name == "latents_std" ? new float[values.Length] : values));
        Assert.Contains("latents_std", Assert.Throws<CheckpointException>(() => LoadBoth(still)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Decode_OfSizesThatDoNotFit_IsRefused()
    {
        using var kernels = new CpuKernelSet(1);
        using var folder = new VaeFolder(Golden);
        using var decoder = Load(kernels, folder);
        using var history = decoder.CreateHistory(Height, Width);
        Assert.Throws<ArgumentException>(() => decoder.Decode(new float[5], Height, Width, history, new byte[64 * 96 * 3]));
        Assert.Throws<ArgumentException>(() => decoder.Decode(Latents(decoder, 0), Height, Width, history, new byte[8 * 64 * 96 * 3]));
        Assert.Throws<ArgumentException>(() => decoder.DecodeClip(Latents(decoder, 0), 2, Height, Width));
        Assert.Throws<ArgumentException>(() => decoder.DecodeClip([], 0, Height, Width));

        // A frame of one row has nothing to be mirrored.
        Assert.Contains("2 x 2", Assert.Throws<ArgumentException>(() => decoder.DecodeClip(new float[Width * decoder.LatentChannels], 1, 1, Width)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, 64, 64)]
    [InlineData(16, 64, 64)]
    [InlineData(0, 64, 64)]
    [InlineData(9, 60, 64)]
    [InlineData(9, 64, 33)]
    public void Encode_OfFramesOrSizesThatDoNotFit_IsRefused(int frames, int height, int width)
    {
        using var kernels = new CpuKernelSet(1);
        using var folder = new VaeFolder(Golden);
        using var checkpoint = Checkpoint.Open(folder.Path);
        using var encoder = new Ltx2Encoder(kernels, Ltx2Config.Read(folder.ConfigPath), checkpoint);
        Assert.Throws<ArgumentException>(() => encoder.Encode(new float[frames * height * width * 3], frames, height, width, new float[2 * 2 * 2 * 8]));
    }

    [Fact]
    public void Encode_OfAClipsBeginning_IsTheBeginningOfItsLatents()
    {
        using var kernels = new CpuKernelSet(2);
        using var folder = new VaeFolder(Golden);
        using var checkpoint = Checkpoint.Open(folder.Path);
        using var encoder = new Ltx2Encoder(kernels, Ltx2Config.Read(folder.ConfigPath), checkpoint);
        var video = new float[9 * 64 * 32 * 3];
        CounterNoise.Fill(3, 0, 0, video);
        var (whole, first) = (new float[2 * 2 * 8], new float[2 * 8]);
        encoder.Encode(video, 9, 64, 32, whole);
        encoder.Encode(video.AsSpan(0, 64 * 32 * 3), 1, 64, 32, first);
        Assert.Equal(first, whole[..first.Length]);
    }

    [Fact]
    public void WorkingBytes_AreWhatAStreamKeepsAndMore_AndGrowWithThePictureOnly()
    {
        using var kernels = new CpuKernelSet(1);
        using var folder = new VaeFolder(Golden);
        using var decoder = Load(kernels, folder);
        using var history = decoder.CreateHistory(Height, Width);
        Assert.InRange(decoder.WorkingBytes(Height, Width), history.Bytes + 1, 20 * history.Bytes);
        Assert.Equal(100 * decoder.WorkingBytes(Height, Width), decoder.WorkingBytes(10 * Height, 10 * Width));
    }

    /// <summary>A decoder whose convolutions listen to the oldest frame most: what it forgets shows.</summary>
    private static Ltx2Decoder Backward(KernelSet kernels)
    {
        using var folder = new VaeFolder(Golden);
        folder.Rewrite((name, shape, values) =>
        {
            if (shape.Length == 5)
            {
                for (var i = 0; i < values.Length; i++)
                    values[i] *= i / 9 % 3 == 0 ? 4 : 0.5f;
            }

            return (shape, values);
        });
        return Load(kernels, folder);
    }

    private static Ltx2Decoder Load(KernelSet kernels, VaeFolder folder)
    {
        using var checkpoint = Checkpoint.Open(folder.Path);
        return new Ltx2Decoder(kernels, Ltx2Config.Read(folder.ConfigPath), checkpoint);
    }

    private static void LoadBoth(VaeFolder folder)
    {
        using var kernels = new CpuKernelSet(1);
        var config = Ltx2Config.Read(folder.ConfigPath);
        using var checkpoint = Checkpoint.Open(folder.Path);
        using var decoder = new Ltx2Decoder(kernels, config, checkpoint);
        using var encoder = new Ltx2Encoder(kernels, config, checkpoint);
        checkpoint.Finish();
    }

    private static void Fill(Ltx2Decoder decoder, int frames, DecoderHistory history, DecodedLatents seen)
    {
        for (var frame = 0; frame < frames; frame++)
        {
            Decode(decoder, frame, history);
            seen.Add(Latents(decoder, frame));
        }
    }

    private static float[] Latents(Ltx2Decoder decoder, int frame)
    {
        var latents = new float[Height * Width * decoder.LatentChannels];
        CounterNoise.Fill(1, frame, 0, latents);
        return latents;
    }

    private static byte[] Decode(Ltx2Decoder decoder, int frame, DecoderHistory history)
    {
        var rgb = new byte[decoder.NextFrames(history) * Height * decoder.SpatialScale * Width * decoder.SpatialScale * 3];
        decoder.Decode(Latents(decoder, frame), Height, Width, history, rgb);
        return rgb;
    }

    private static float[] Numbers(KernelSet kernels, Tensor tensor)
    {
        var numbers = new float[tensor.Count];
        kernels.Read(tensor, numbers);
        return numbers;
    }
}
