using System.Text.Json;
using SanaLive.Runtime.Sampling;

namespace SanaLive.Runtime.Tests;

/// <summary>Small Wan VAEs with weights made of counter noise, under diffusers' names.</summary>
internal sealed class TestWanVae
{
    private readonly Dictionary<string, (int[] Shape, float[] Values)> tensors = new(StringComparer.Ordinal);

    public int BaseDim { get; init; } = 4;

    public int ZDim { get; init; } = 2;

    public IReadOnlyList<int> DimMult { get; init; } = [1, 2];

    public int ResBlocks { get; init; } = 1;

    public IReadOnlyList<bool> HalvesTime { get; init; } = [true];

    /// <summary>Writes config.json and weights into a folder.</summary>
    /// <param name="folder">Is there.</param>
    /// <param name="change">Changes the tensors before they are written.</param>
    public void Write(string folder, Action<Dictionary<string, (int[] Shape, float[] Values)>>? change = null)
    {
        File.WriteAllText(Path.Combine(folder, "config.json"), Config());
        tensors.Clear();
        Encoder();
        Decoder();
        Conv("quant_conv", 2 * ZDim, 2 * ZDim, 1, 1, 1);
        Conv("post_quant_conv", ZDim, ZDim, 1, 1, 1);
        change?.Invoke(tensors);
        SafetensorsWriter.Write(Path.Combine(folder, "diffusion_pytorch_model.safetensors"), tensors);
    }

    /// <summary>The config as JSON.</summary>
    /// <param name="change">Changes its keys; a null removes one.</param>
    public string Config(params (string Key, object? Value)[] change)
    {
        var json = new Dictionary<string, object?>
        {
            ["_class_name"] = "AutoencoderKLWan",
            ["base_dim"] = BaseDim,
            ["z_dim"] = ZDim,
            ["dim_mult"] = DimMult,
            ["num_res_blocks"] = ResBlocks,
            ["attn_scales"] = Array.Empty<float>(),
            ["temperal_downsample"] = HalvesTime,
            ["dropout"] = 0.0,
            ["latents_mean"] = Enumerable.Range(0, ZDim).Select(i => 0.1 * i),
            ["latents_std"] = Enumerable.Range(0, ZDim).Select(i => 1 + (0.5 * i)),
        };
        foreach (var (key, value) in change)
            json[key] = value;
        return JsonSerializer.Serialize(json);
    }

    private void Encoder()
    {
        var (channels, index) = (BaseDim, 0);
        Conv("encoder.conv_in", channels, 3, 3, 3, 3);
        for (var level = 0; level < DimMult.Count; level++)
        {
            for (var block = 0; block < ResBlocks; block++, channels = BaseDim * DimMult[level])
                ResBlock($"encoder.down_blocks.{index++}", channels, BaseDim * DimMult[level]);
            if (level == DimMult.Count - 1)
                continue;
            Conv($"encoder.down_blocks.{index}.resample.1", channels, channels, 3, 3);
            if (HalvesTime[level])
                Conv($"encoder.down_blocks.{index}.time_conv", channels, channels, 3, 1, 1);
            index++;
        }

        Middle("encoder.mid_block", channels);
        Gamma("encoder.norm_out", channels, 1, 1, 1);
        Conv("encoder.conv_out", 2 * ZDim, channels, 3, 3, 3);
    }

    private void Decoder()
    {
        var channels = BaseDim * DimMult[^1];
        Conv("decoder.conv_in", channels, ZDim, 3, 3, 3);
        Middle("decoder.mid_block", channels);
        for (var level = DimMult.Count - 1; level >= 0; level--)
        {
            var name = $"decoder.up_blocks.{DimMult.Count - 1 - level}";
            for (var block = 0; block <= ResBlocks; block++, channels = BaseDim * DimMult[level])
                ResBlock($"{name}.resnets.{block}", channels, BaseDim * DimMult[level]);
            if (level == 0)
                continue;
            if (HalvesTime[level - 1])
                Conv($"{name}.upsamplers.0.time_conv", 2 * channels, channels, 3, 1, 1);
            Conv($"{name}.upsamplers.0.resample.1", channels / 2, channels, 3, 3);
            channels /= 2;
        }

        Gamma("decoder.norm_out", channels, 1, 1, 1);
        Conv("decoder.conv_out", 3, channels, 3, 3, 3);
    }

    private void Middle(string name, int channels)
    {
        ResBlock($"{name}.resnets.0", channels, channels);
        Gamma($"{name}.attentions.0.norm", channels, 1, 1);
        Conv($"{name}.attentions.0.to_qkv", 3 * channels, channels, 1, 1);
        Conv($"{name}.attentions.0.proj", channels, channels, 1, 1);
        ResBlock($"{name}.resnets.1", channels, channels);
    }

    private void ResBlock(string name, int inputs, int outputs)
    {
        Gamma($"{name}.norm1", inputs, 1, 1, 1);
        Conv($"{name}.conv1", outputs, inputs, 3, 3, 3);
        Gamma($"{name}.norm2", outputs, 1, 1, 1);
        Conv($"{name}.conv2", outputs, outputs, 3, 3, 3);
        if (inputs != outputs)
            Conv($"{name}.conv_shortcut", outputs, inputs, 1, 1, 1);
    }

    private void Gamma(string name, params int[] shape) => tensors[$"{name}.gamma"] = (shape, [.. Noise(shape[0]).Select(value => 1 + (0.1f * value))]);

    private void Conv(string name, params int[] shape)
    {
        var count = shape.Aggregate(1, (product, size) => product * size);
        var scale = 1 / MathF.Sqrt(count / (float)shape[0]);
        tensors[$"{name}.weight"] = (shape, [.. Noise(count).Select(value => scale * value)]);
        tensors[$"{name}.bias"] = ([shape[0]], [.. Noise(shape[0]).Select(value => 0.1f * value)]);
    }

    private float[] Noise(int count)
    {
        var noise = new float[count];
        CounterNoise.Fill(7, tensors.Count, 0, noise);
        return noise;
    }
}
