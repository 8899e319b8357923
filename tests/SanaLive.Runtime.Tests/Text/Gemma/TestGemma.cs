using System.Text.Json.Nodes;
using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;
using SanaLive.Runtime.Sampling;
using SanaLive.Runtime.Text.Gemma;

namespace SanaLive.Runtime.Tests.Text.Gemma;

/// <summary>A Gemma 2 folder with random weights, small enough for a test.</summary>
internal static class TestGemma
{
    /// <summary>A config of two layers and 24 channels; a null removes a key.</summary>
    public static JsonObject Config(int vocabulary = 64) => new()
    {
        ["model_type"] = "gemma2", ["vocab_size"] = vocabulary, ["hidden_size"] = 24, ["intermediate_size"] = 40, ["num_hidden_layers"] = 2,
        ["num_attention_heads"] = 4, ["num_key_value_heads"] = 2, ["head_dim"] = 6, ["query_pre_attn_scalar"] = 5, ["sliding_window"] = 4,
        ["attn_logit_softcapping"] = 20.0, ["hidden_activation"] = "gelu_pytorch_tanh", ["rms_norm_eps"] = 1e-6, ["rope_theta"] = 1000.0,
    };

    /// <param name="folder">Where to.</param>
    /// <param name="json">Null for the usual config.</param>
    /// <param name="prefix">Of the tensors' names.</param>
    /// <param name="mantissaBits">Of the weights: 7 are those of bf16.</param>
    public static void Write(string folder, JsonObject? json = null, string prefix = "", int mantissaBits = 23)
    {
        json ??= Config();
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "config.json"), json.ToJsonString());
        var config = Gemma2Config.Read(Path.Combine(folder, "config.json"));
        var tensors = new Dictionary<string, (int[], float[])>();
        var (width, kvWidth) = (config.Heads * config.HeadDim, config.KeyValueHeads * config.HeadDim);
        Add("embed_tokens.weight", config.VocabularySize, config.Hidden);
        Add("norm.weight", config.Hidden);
        for (var layer = 0; layer < config.Layers; layer++)
        {
            foreach (var norm in new[] { "input", "post_attention", "pre_feedforward", "post_feedforward" })
                Add($"layers.{layer}.{norm}_layernorm.weight", config.Hidden);
            foreach (var (part, outputs, inputs) in new[] { ("q", width, config.Hidden), ("k", kvWidth, config.Hidden), ("v", kvWidth, config.Hidden), ("o", config.Hidden, width) })
            {
                Add($"layers.{layer}.self_attn.{part}_proj.weight", outputs, inputs);
                if (config.AttentionBias)
                    Add($"layers.{layer}.self_attn.{part}_proj.bias", outputs);
            }

            Add($"layers.{layer}.mlp.gate_proj.weight", config.FeedForward, config.Hidden);
            Add($"layers.{layer}.mlp.up_proj.weight", config.FeedForward, config.Hidden);
            Add($"layers.{layer}.mlp.down_proj.weight", config.Hidden, config.FeedForward);
        }

        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), tensors);

        void Add(string name, params int[] shape)
        {
            var values = new float[shape.Aggregate(1, (a, b) => a * b)];
            // By its name: a tensor that is added changes no other.
            CounterNoise.Fill(11, name.Aggregate(17L, (hash, letter) => ((hash * 31) + letter) & int.MaxValue), 0, values);
            tensors.Add(prefix + name, (shape, [.. values.Select(value => Cut(value * (shape.Length == 1 ? 0.2f : 1 / MathF.Sqrt(shape[1]))))]));
        }

        float Cut(float value) => BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(value) & (-1 << (23 - mantissaBits)));
    }

    public static Gemma2Encoder Load(KernelSet kernels, string folder, Precision precision = Precision.Fp32)
    {
        using var checkpoint = Checkpoint.Open(folder);
        return new Gemma2Encoder(kernels, Gemma2Config.Read(Path.Combine(folder, "config.json")), checkpoint, precision);
    }
}
