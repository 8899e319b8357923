using SanaLive.Runtime.Text.Gemma;

namespace SanaLive.Runtime.Checkpoints.Published;

/// <summary>Names and shapes of every tensor of Gemma 2, worked out from its hyper-parameters.</summary>
internal static class GemmaTensors
{
    /// <param name="config">Of the model.</param>
    /// <param name="prefix"><c>model.</c> where the whole language model was saved, else empty.</param>
    public static IReadOnlyDictionary<string, int[]> Of(Gemma2Config config, string prefix)
    {
        var (hidden, queries, keys) = (config.Hidden, config.Heads * config.HeadDim, config.KeyValueHeads * config.HeadDim);
        var shapes = new Dictionary<string, int[]>(StringComparer.Ordinal)
        {
            [$"{prefix}embed_tokens.weight"] = [config.VocabularySize, hidden],
            [$"{prefix}norm.weight"] = [hidden],
        };
        for (var layer = 0; layer < config.Layers; layer++)
        {
            var name = $"{prefix}layers.{layer}.";
            foreach (var norm in new[] { "input", "post_attention", "pre_feedforward", "post_feedforward" })
                shapes.Add($"{name}{norm}_layernorm.weight", [hidden]);
            foreach (var (part, outputs, inputs) in new[] { ("q", queries, hidden), ("k", keys, hidden), ("v", keys, hidden), ("o", hidden, queries) })
            {
                shapes.Add($"{name}self_attn.{part}_proj.weight", [outputs, inputs]);
                if (config.AttentionBias)
                    shapes.Add($"{name}self_attn.{part}_proj.bias", [outputs]);
            }

            shapes.Add($"{name}mlp.gate_proj.weight", [config.FeedForward, hidden]);
            shapes.Add($"{name}mlp.up_proj.weight", [config.FeedForward, hidden]);
            shapes.Add($"{name}mlp.down_proj.weight", [hidden, config.FeedForward]);
        }

        return shapes;
    }
}
