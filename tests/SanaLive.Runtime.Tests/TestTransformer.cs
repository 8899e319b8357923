using System.Text.Json;
using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;
using SanaLive.Runtime.Model;
using SanaLive.Runtime.Sampling;

namespace SanaLive.Runtime.Tests;

/// <summary>Small transformers with weights made of counter noise.</summary>
internal static class TestTransformer
{
    public static TransformerConfig Config { get; } = new()
    {
        InChannels = 8,
        OutChannels = 8,
        Heads = 2,
        HeadDim = 12,
        CrossHeads = 2,
        CrossHeadDim = 12,
        Layers = 2,
        CaptionChannels = 128,
        MlpRatio = 2,
        Patch = 1,
    };

    /// <summary>Writes config.json and weights into a folder.</summary>
    /// <param name="folder">Is made.</param>
    /// <param name="scale">Of the weights; 0 makes a transformer that knows nothing.</param>
    /// <param name="config">Null for <see cref="Config"/>; its eps values are not written, as published configs do not tell them.</param>
    public static void Write(string folder, float scale = 1, TransformerConfig? config = null)
    {
        Directory.CreateDirectory(folder);
        var c = config ?? Config;
        var (hidden, ffn, pixels) = (c.Hidden, c.FeedForward, c.Patch * c.Patch);
        var json = new Dictionary<string, object>
        {
            ["_class_name"] = "SanaVideoTransformer3DModel",
            ["in_channels"] = c.InChannels,
            ["out_channels"] = c.OutChannels,
            ["num_attention_heads"] = c.Heads,
            ["attention_head_dim"] = c.HeadDim,
            ["num_cross_attention_heads"] = c.CrossHeads,
            ["cross_attention_head_dim"] = c.CrossHeadDim,
            ["num_layers"] = c.Layers,
            ["caption_channels"] = c.CaptionChannels,
            ["mlp_ratio"] = c.MlpRatio,
            ["patch_size"] = new[] { 1, c.Patch, c.Patch },
            ["norm_eps"] = 1e-6,
        };
        if (config is null)
            json["attention_eps"] = 1e-8;
        File.WriteAllText(Path.Combine(folder, "config.json"), JsonSerializer.Serialize(json));

        var tensors = new Dictionary<string, (int[], float[])>();
        Linear("patch_embedding", [hidden, c.InChannels, 1, c.Patch, c.Patch]);
        Linear("time_embed.emb.timestep_embedder.linear_1", [hidden, 256]);
        Linear("time_embed.emb.timestep_embedder.linear_2", [hidden, hidden]);
        Linear("time_embed.linear", [6 * hidden, hidden]);
        Linear("caption_projection.linear_1", [hidden, c.CaptionChannels]);
        Linear("caption_projection.linear_2", [hidden, hidden]);
        Add("caption_norm.weight", [hidden], 1);
        Add("scale_shift_table", [2, hidden], 0.3f);
        Linear("proj_out", [pixels * c.OutChannels, hidden]);
        for (var layer = 0; layer < c.Layers; layer++)
        {
            var name = $"transformer_blocks.{layer}.";
            Add($"{name}scale_shift_table", [6, hidden], 0.5f);
            foreach (var part in new[] { "to_q", "to_k", "to_v" })
            {
                Add($"{name}attn1.{part}.weight", [hidden, hidden]);
                Linear($"{name}attn2.{part}", [hidden, hidden]);
            }

            foreach (var attention in new[] { "attn1", "attn2" })
            {
                Linear($"{name}{attention}.to_out.0", [hidden, hidden]);
                Add($"{name}{attention}.norm_q.weight", [hidden], 1);
                Add($"{name}{attention}.norm_k.weight", [hidden], 1);
            }

            Linear($"{name}ff.conv_inverted", [2 * ffn, hidden, 1, 1]);
            Linear($"{name}ff.conv_depth", [2 * ffn, 1, 3, 3]);
            Add($"{name}ff.conv_point.weight", [hidden, ffn, 1, 1]);
            Add($"{name}ff.conv_temp.weight", [hidden, hidden, 3, 1], 0.1f);
        }

        SafetensorsWriter.Write(Path.Combine(folder, "diffusion_pytorch_model.safetensors"), tensors);

        void Linear(string name, int[] shape)
        {
            Add($"{name}.weight", shape);
            Add($"{name}.bias", [shape[0]], 0.1f);
        }

        void Add(string name, int[] shape, float factor = 0)
        {
            var values = new float[shape.Aggregate(1, (a, b) => a * b)];
            CounterNoise.Fill(7, tensors.Count, 0, values);
            var size = factor > 0 ? factor : 1 / MathF.Sqrt((float)values.Length / shape[0]);
            tensors.Add(name, (shape, [.. values.Select(value => value * size * scale)]));
        }
    }

    public static SanaVideoTransformer Load(KernelSet kernels)
    {
        using var folder = new TemporaryFolder();
        Write(folder.Path);
        using var checkpoint = Checkpoint.Open(folder.Path);
        return new SanaVideoTransformer(kernels, TransformerConfig.Read(folder.File("config.json")), checkpoint);
    }
}
