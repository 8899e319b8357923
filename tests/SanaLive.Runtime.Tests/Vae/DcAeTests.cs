using System.Text.RegularExpressions;
using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels.Cpu;
using SanaLive.Runtime.Sampling;
using SanaLive.Runtime.Vae.DcAe;

namespace SanaLive.Runtime.Tests.Vae;

public sealed partial class DcAeTests
{
    private const string Golden = "d2_autoencoder_dc";

    [Theory]
    [InlineData("in_channels", "0")]
    [InlineData("in_channels", "-3")]
    [InlineData("in_channels", "3000000000")]
    [InlineData("latent_channels", "3")]
    [InlineData("latent_channels", "\"many\"")]
    [InlineData("latent_channels", null)]
    [InlineData("attention_head_dim", "5")]
    [InlineData("attention_head_dim", "64")]
    [InlineData("_class_name", "\"AutoencoderKL\"")]
    [InlineData("encoder_block_types", "[\"ResBlock\", \"UNetBlock\"]")]
    [InlineData("encoder_block_types", "[\"ResBlock\"]")]
    [InlineData("encoder_block_out_channels", "[8, 8, 8]")]
    [InlineData("encoder_block_out_channels", "[]")]
    [InlineData("encoder_block_out_channels", "[8, 20]")]
    [InlineData("encoder_block_out_channels", "{}")]
    [InlineData("encoder_layers_per_block", "[1, 0]")]
    [InlineData("decoder_layers_per_block", "[-1, 1]")]
    [InlineData("decoder_qkv_multiscales", "[[], [4]]")]
    [InlineData("decoder_qkv_multiscales", "[5]")]
    [InlineData("decoder_norm_types", "\"layer_norm\"")]
    [InlineData("decoder_act_fns", "[\"silu\", \"mish\"]")]
    [InlineData("decoder_conv_act_fn", "\"gelu\"")]
    [InlineData("scaling_factor", "0")]
    public void Config_ThatMeansNothing_IsRefusedByNameOfItsFile(string key, string? json)
    {
        using var folder = new VaeFolder(Golden);
        folder.Set(key, json);
        var refused = Assert.Throws<CheckpointException>(() => DcAeConfig.Read(folder.ConfigPath));
        Assert.Contains(folder.ConfigPath, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("")]
    public void Config_ThatIsNoObject_IsRefused(string text)
    {
        using var folder = new VaeFolder(Golden);
        File.WriteAllText(folder.ConfigPath, text);
        Assert.Throws<CheckpointException>(() => DcAeConfig.Read(folder.ConfigPath));
    }

    [Fact]
    public void Config_OfThePublishedSanaAutoencoder_IsRead()
    {
        using var folder = new VaeFolder(Golden);
        File.WriteAllText(folder.ConfigPath, """
            {
              "_class_name": "AutoencoderDC", "attention_head_dim": 32, "in_channels": 3, "latent_channels": 32, "scaling_factor": 0.41407,
              "encoder_block_types": ["ResBlock", "ResBlock", "ResBlock", "EfficientViTBlock", "EfficientViTBlock", "EfficientViTBlock"],
              "decoder_block_types": ["ResBlock", "ResBlock", "ResBlock", "EfficientViTBlock", "EfficientViTBlock", "EfficientViTBlock"],
              "encoder_block_out_channels": [128, 256, 512, 512, 1024, 1024], "decoder_block_out_channels": [128, 256, 512, 512, 1024, 1024],
              "encoder_layers_per_block": [2, 2, 2, 3, 3, 3], "decoder_layers_per_block": [3, 3, 3, 3, 3, 3],
              "encoder_qkv_multiscales": [[], [], [], [5], [5], [5]], "decoder_qkv_multiscales": [[], [], [], [5], [5], [5]],
              "downsample_block_type": "Conv", "upsample_block_type": "interpolate", "decoder_norm_types": "rms_norm", "decoder_act_fns": "silu"
            }
            """);
        var config = DcAeConfig.Read(folder.ConfigPath);
        Assert.Equal(32, config.SpatialScale);
        Assert.True(config is { Interpolates: true, Unshuffles: false, InShortcut: true, OutShortcut: true });
        Assert.Equal([false, false, false, true, true, true], config.DecoderStages.Select(stage => stage.Attends));
    }

    [Fact]
    public void Checkpoint_WithoutAnyOneTensor_IsRefusedByItsName()
    {
        using var folder = new VaeFolder(Golden);
        var names = new List<string>();
        folder.Rewrite((name, shape, values) =>
        {
            names.Add(name);
            return (shape, values);
        });
        foreach (var missing in names)
        {
            using var damaged = new VaeFolder(Golden);
            damaged.Rewrite((name, shape, values) => name == missing ? null : (shape, values));
            Assert.Contains(missing, Assert.Throws<CheckpointException>(() => Load(damaged)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Checkpoint_WithATensorOfAnotherShapeOrOneTooMany_IsRefused()
    {
        using var wrong = new VaeFolder(Golden);
        wrong.Rewrite((name, shape, values) => name == "encoder.conv_in.weight" ? ([shape[0], shape[1], 9], values) : (shape, values));
        Assert.Contains("[8, 3, 9]", Assert.Throws<CheckpointException>(() => Load(wrong)).Message, StringComparison.Ordinal);

        using var wider = new VaeFolder(Golden);
        wider.Set("encoder_block_out_channels", "[8, 16]");
        Assert.Throws<CheckpointException>(() => Load(wider));

        using var fewer = new VaeFolder(Golden);
        fewer.Set("decoder_qkv_multiscales", "[[], []]");
        Assert.Throws<CheckpointException>(() => Load(fewer));
    }

    [Theory]
    [InlineData(7, 12)]
    [InlineData(8, 11)]
    [InlineData(0, 12)]
    [InlineData(-2, -6)]
    public void Encode_OfASizeThatDoesNotHalve_IsRefusedWithTheStep(int height, int width)
    {
        using var kernels = new CpuKernelSet(1);
        using var folder = new VaeFolder(Golden);
        using var checkpoint = Checkpoint.Open(folder.Path);
        using var encoder = new DcAeEncoder(kernels, DcAeConfig.Read(folder.ConfigPath), checkpoint);
        var wrong = Assert.Throws<ArgumentException>(() => encoder.Encode(new float[Math.Abs(height * width * 3)], height, width, new float[4 * 6 * 4]));
        Assert.Matches(Multiples(), wrong.Message);
    }

    [Fact]
    public void EncodeAndDecode_OfNumbersThatDoNotFitTheirSize_AreRefused()
    {
        using var kernels = new CpuKernelSet(1);
        using var folder = new VaeFolder(Golden);
        using var checkpoint = Checkpoint.Open(folder.Path);
        var config = DcAeConfig.Read(folder.ConfigPath);
        using var encoder = new DcAeEncoder(kernels, config, checkpoint);
        using var decoder = new DcAeDecoder(kernels, config, checkpoint);
        Assert.Throws<ArgumentException>(() => encoder.Encode(new float[8 * 12 * 3 - 1], 8, 12, new float[4 * 6 * 4]));
        Assert.Throws<ArgumentException>(() => encoder.Encode(new float[8 * 12 * 3], 8, 12, new float[4 * 6 * 4 + 1]));
        Assert.Throws<ArgumentException>(() => decoder.Decode(new float[4 * 6 * 4 + 1], 4, 6, new float[8 * 12 * 3]));
        Assert.Throws<ArgumentException>(() => decoder.Decode(new float[4 * 6 * 4], 4, 6, new float[8 * 12]));
        Assert.Throws<ArgumentException>(() => decoder.Decode([], 0, 6, []));
    }

    [Theory]
    [InlineData("\"pixel_unshuffle\"", "\"pixel_shuffle\"", 1)]
    [InlineData("\"pixel_unshuffle\"", "\"pixel_shuffle\"", 4)]
    [InlineData("\"conv\"", "\"interpolate\"", 1)]
    [InlineData("\"conv\"", "\"interpolate\"", 4)]
    public void EncodeAndDecode_InStrips_GiveTheSameBitsAsAtOnce(string down, string up, int widening)
    {
        const int height = 44, width = 20;
        using var kernels = new CpuKernelSet(2);
        using var folder = new VaeFolder(Golden);
        folder.Set("downsample_block_type", down);
        folder.Set("upsample_block_type", up);
        Widen(folder, widening, down == "\"conv\"");
        var config = DcAeConfig.Read(folder.ConfigPath);
        using var checkpoint = Checkpoint.Open(folder.Path);
        using var encoder = new DcAeEncoder(kernels, config, checkpoint);
        using var decoder = new DcAeDecoder(kernels, config, checkpoint);
        using var stripEncoder = new DcAeEncoder(kernels, config, checkpoint, 1);
        using var stripDecoder = new DcAeDecoder(kernels, config, checkpoint, 1);
        Assert.InRange(stripEncoder.StripBytes(height, width), 1, encoder.StripBytes(height, width) / 2);
        Assert.InRange(stripDecoder.StripBytes(22, 10), 1, decoder.StripBytes(22, 10) - 1);
        Assert.Equal(stripDecoder.StripBytes(22, 10), stripDecoder.StripBytes(2200, 10));

        var image = new float[height * width * 3];
        CounterNoise.Fill(8, 0, 0, image);
        var (z, stripZ) = (new float[22 * 10 * 4], new float[22 * 10 * 4]);
        encoder.Encode(image, height, width, z);
        stripEncoder.Encode(image, height, width, stripZ);
        Assert.Equal(z, stripZ);

        var (picture, stripPicture) = (new float[image.Length], new float[image.Length]);
        decoder.Decode(z, 22, 10, picture);
        stripDecoder.Decode(z, 22, 10, stripPicture);
        Assert.Equal(picture, stripPicture);
        Assert.Contains(picture, value => value != picture[0]);
    }

    /// <summary>More channels, so that the fast convolutions are used, too; and the shapes of layers that work in another way.</summary>
    private static void Widen(VaeFolder folder, int factor, bool plain)
    {
        int[] features = [2, 8, 16, 24, 32, 64];
        folder.Rewrite((name, shape, values) =>
        {
            int[] wider = [.. shape.Select(size => features.Contains(size) ? factor * size : size)];
            if (plain && name.StartsWith("encoder.down_blocks.0.1.conv.", StringComparison.Ordinal))
                wider[0] *= 4;
            if (plain && name.StartsWith("decoder.up_blocks.0.0.conv.", StringComparison.Ordinal))
                wider[0] /= 4;
            var numbers = new float[wider.Aggregate((a, b) => a * b)];
            CounterNoise.Fill((ulong)name.Length, name[8], wider[0], numbers);
            return (wider, [.. numbers.Select(value => value * 0.2f)]);
        });
        folder.Set("encoder_block_out_channels", $"[{8 * factor}, {8 * factor}]");
        folder.Set("decoder_block_out_channels", $"[{8 * factor}, {8 * factor}]");
    }

    private static void Load(VaeFolder folder)
    {
        using var kernels = new CpuKernelSet(1);
        var config = DcAeConfig.Read(folder.ConfigPath);
        using var checkpoint = Checkpoint.Open(folder.Path);
        using var encoder = new DcAeEncoder(kernels, config, checkpoint);
        using var decoder = new DcAeDecoder(kernels, config, checkpoint);
        checkpoint.Finish();
    }

    [GeneratedRegex("multiples of 2 pixels")]
    private static partial Regex Multiples();
}
