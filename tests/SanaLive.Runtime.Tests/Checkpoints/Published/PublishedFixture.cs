using System.Text.Json;
using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Text.Gemma;

namespace SanaLive.Runtime.Tests.Checkpoints.Published;

/// <summary>A whole published folder, very small: the recorded models' parts in the layout that is downloaded.</summary>
internal static class PublishedFixture
{
    /// <summary>SANA-Video 480p in diffusers' layout; the transformer in two shards.</summary>
    public static string Write(string path)
    {
        var golden = Path.Combine(Repository.Golden, "g1_pipeline_t2v");
        foreach (var part in new[] { "transformer", "vae", "scheduler", "text_encoder", "tokenizer" })
            Directory.CreateDirectory(Path.Combine(path, part));
        File.Copy(Path.Combine(golden, "model_index.json"), Path.Combine(path, "model_index.json"));
        File.Copy(Path.Combine(golden, "scheduler/scheduler_config.json"), Path.Combine(path, "scheduler/scheduler_config.json"));
        File.Copy(Path.Combine(golden, "transformer/config.json"), Path.Combine(path, "transformer/config.json"));
        File.Copy(Path.Combine(golden, "vae/config.json"), Path.Combine(path, "vae/config.json"));
        File.Copy(Path.Combine(golden, "vae/diffusion_pytorch_model.safetensors"), Path.Combine(path, "vae/diffusion_pytorch_model.safetensors"));
        File.WriteAllText(Path.Combine(path, "tokenizer/tokenizer.json"), "{}");
        Shard(Path.Combine(golden, "transformer/diffusion_pytorch_model.safetensors"), Path.Combine(path, "transformer"));
        Gemma(Path.Combine(path, "text_encoder"), TransformerWidth(path));
        return path;
    }

    private static int TransformerWidth(string path)
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(path, "transformer/config.json")));
        return json.RootElement.GetProperty("caption_channels").GetInt32();
    }

    private static void Shard(string file, string folder)
    {
        using var weights = SafetensorsFile.Open(file);
        var map = new Dictionary<string, string>();
        foreach (var (number, half) in weights.Tensors.Values.Chunk((weights.Tensors.Count + 1) / 2).Index())
        {
            var name = $"diffusion_pytorch_model-0000{number + 1}-of-00002.safetensors";
            SafetensorsWriter.Write(Path.Combine(folder, name), half.ToDictionary(entry => entry.Name, entry => (entry.Shape.ToArray(), weights.ReadFloats(entry))));
            foreach (var entry in half)
                map.Add(entry.Name, name);
        }

        File.WriteAllText(Path.Combine(folder, "diffusion_pytorch_model.safetensors.index.json"), JsonSerializer.Serialize(new { metadata = new { }, weight_map = map }));
    }

    private static void Gemma(string folder, int hidden)
    {
        File.WriteAllText(Path.Combine(folder, "config.json"), $$"""
            {"model_type": "gemma2", "vocab_size": 16, "hidden_size": {{hidden}}, "intermediate_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2,
             "num_key_value_heads": 1, "head_dim": 4, "query_pre_attn_scalar": 4, "sliding_window": 5, "attn_logit_softcapping": 50.0,
             "hidden_activation": "gelu_pytorch_tanh", "rms_norm_eps": 1e-06, "rope_theta": 10000.0}
            """);
        var shapes = Runtime.Checkpoints.Published.GemmaTensors.Of(Gemma2Config.Read(Path.Combine(folder, "config.json")), string.Empty);
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"), shapes.ToDictionary(pair => pair.Key, pair => (pair.Value, new float[pair.Value.Aggregate((a, b) => a * b)])));
    }
}
