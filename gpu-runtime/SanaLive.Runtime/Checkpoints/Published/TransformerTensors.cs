using SanaLive.Runtime.Model;

namespace SanaLive.Runtime.Checkpoints.Published;

/// <summary>Names and shapes of every tensor of a SANA-Video transformer, worked out from its hyper-parameters.</summary>
public static class TransformerTensors
{
    /// <summary>Width of the timestep's waves.</summary>
    private const int Waves = 256;

    public static IReadOnlyDictionary<string, int[]> Of(TransformerConfig config)
    {
        var (hidden, cross, inner, patch) = (config.Hidden, config.CrossHidden, config.FeedForward, config.Patch);
        var shapes = new Dictionary<string, int[]>(StringComparer.Ordinal)
        {
            ["caption_norm.weight"] = [hidden],
            ["scale_shift_table"] = [2, hidden],
        };
        Layer("patch_embedding", hidden, config.InChannels, 1, patch, patch);
        Layer("time_embed.emb.timestep_embedder.linear_1", hidden, Waves);
        Layer("time_embed.emb.timestep_embedder.linear_2", hidden, hidden);
        Layer("time_embed.linear", 6 * hidden, hidden);
        Layer("caption_projection.linear_1", hidden, config.CaptionChannels);
        Layer("caption_projection.linear_2", hidden, hidden);
        Layer("proj_out", patch * patch * config.OutChannels, hidden);
        for (var layer = 0; layer < config.Layers; layer++)
        {
            var block = $"transformer_blocks.{layer}.";
            shapes.Add($"{block}scale_shift_table", [6, hidden]);
            foreach (var part in new[] { "to_q", "to_k", "to_v" })
            {
                shapes.Add($"{block}attn1.{part}.weight", [hidden, hidden]);
                Layer($"{block}attn2.{part}", cross, hidden);
            }

            Layer($"{block}attn1.to_out.0", hidden, hidden);
            Layer($"{block}attn2.to_out.0", hidden, cross);
            foreach (var norm in new[] { "norm_q", "norm_k" })
            {
                shapes.Add($"{block}attn1.{norm}.weight", [hidden]);
                shapes.Add($"{block}attn2.{norm}.weight", [cross]);
            }

            Layer($"{block}ff.conv_inverted", 2 * inner, hidden, 1, 1);
            Layer($"{block}ff.conv_depth", 2 * inner, 1, 3, 3);
            shapes.Add($"{block}ff.conv_point.weight", [hidden, inner, 1, 1]);
            shapes.Add($"{block}ff.conv_temp.weight", [hidden, hidden, 3, 1]);
        }

        return shapes;

        void Layer(string name, params int[] shape)
        {
            shapes.Add($"{name}.weight", shape);
            shapes.Add($"{name}.bias", [shape[0]]);
        }
    }
}
