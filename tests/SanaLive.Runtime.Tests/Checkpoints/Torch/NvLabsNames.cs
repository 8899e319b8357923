using SanaLive.Runtime.Checkpoints;

namespace SanaLive.Runtime.Tests.Checkpoints.Torch;

/// <summary>A transformer of diffusers' names as NVlabs' code would have saved it, with what its training leaves in the file.</summary>
internal static class NvLabsNames
{
    public static Dictionary<string, (int[] Shape, float[] Values)> Of(string safetensors, string prefix = "")
    {
        using var file = SafetensorsFile.Open(safetensors);
        var theirs = new Dictionary<string, (int[], float[])>();
        var left = file.Tensors.Keys.ToHashSet();
        One("patch_embedding", "x_embedder.proj");
        One("caption_projection.linear_1", "y_embedder.y_proj.fc1");
        One("caption_projection.linear_2", "y_embedder.y_proj.fc2");
        One("caption_norm", "attention_y_norm");
        One("time_embed.emb.timestep_embedder.linear_1", "t_embedder.mlp.0");
        One("time_embed.emb.timestep_embedder.linear_2", "t_embedder.mlp.2");
        One("time_embed.linear", "t_block.1");
        One("proj_out", "final_layer.linear");
        Joined("final_layer.scale_shift_table", "scale_shift_table");
        for (var layer = 0; file.Tensors.ContainsKey($"transformer_blocks.{layer}.scale_shift_table"); layer++)
        {
            var (ours, block) = ($"transformer_blocks.{layer}.", $"blocks.{layer}.");
            Joined($"{block}scale_shift_table", $"{ours}scale_shift_table");
            Joined($"{block}attn.qkv.weight", $"{ours}attn1.to_q.weight", $"{ours}attn1.to_k.weight", $"{ours}attn1.to_v.weight");
            One($"{ours}attn1.norm_q", $"{block}attn.q_norm");
            One($"{ours}attn1.norm_k", $"{block}attn.k_norm");
            One($"{ours}attn1.to_out.0", $"{block}attn.proj");
            One($"{ours}attn2.to_q", $"{block}cross_attn.q_linear");
            foreach (var part in new[] { "weight", "bias" })
                Joined($"{block}cross_attn.kv_linear.{part}", $"{ours}attn2.to_k.{part}", $"{ours}attn2.to_v.{part}");
            One($"{ours}attn2.norm_q", $"{block}cross_attn.q_norm");
            One($"{ours}attn2.norm_k", $"{block}cross_attn.k_norm");
            One($"{ours}attn2.to_out.0", $"{block}cross_attn.proj");
            One($"{ours}ff.conv_inverted", $"{block}mlp.inverted_conv.conv");
            One($"{ours}ff.conv_depth", $"{block}mlp.depth_conv.conv");
            One($"{ours}ff.conv_point", $"{block}mlp.point_conv.conv");
            One($"{ours}ff.conv_temp", $"{block}mlp.t_conv");
        }

        Assert.Empty(left);
        theirs.Add($"{prefix}y_embedder.y_embedding", ([300, 20], new float[6000]));
        theirs.Add($"{prefix}pos_embed", ([1, 4, 24], new float[96]));
        return theirs;

        void One(string ours, string name)
        {
            Joined($"{name}.weight", $"{ours}.weight");
            if (file.Tensors.ContainsKey($"{ours}.bias"))
                Joined($"{name}.bias", $"{ours}.bias");
        }

        void Joined(string name, params string[] ours)
        {
            var parts = ours.Select(part => file.Tensors[part]).ToArray();
            left.ExceptWith(ours);
            theirs.Add(prefix + name, ([parts.Sum(part => part.Shape[0]), .. parts[0].Shape.Skip(1)], [.. parts.SelectMany(file.ReadFloats)]));
        }
    }
}
