using System.Text.Json;
using SanaLive.Runtime.Checkpoints;

namespace SanaLive.Runtime.Text;

/// <summary>Hyper-parameters of the embedded world's text encoder.</summary>
internal sealed record WordEncoderConfig(
    int Width, int Layers, int Heads, int MlpRatio, int Buckets, int MaxWords, int Slots, int ConditionSize, float NormEps,
    IReadOnlyList<string> Tags, IReadOnlyList<(string Name, IReadOnlyList<string> Values)> Attributes)
{
    private const int Version = 2;

    public static WordEncoderConfig Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var json = document.RootElement;
            if (json.Need("_class_name").GetString() != "SanaLiveWordEncoder")
                throw new CheckpointException($"{path} describes a text encoder that this runtime does not have.");
            // The first version wrote no number.
            var version = json.TryGetProperty("version", out var written) ? written.GetInt32() : 1;
            if (version != Version)
                throw new CheckpointException($"{path} is version {version} of the text encoder; this runtime reads version {Version}. Export the model again (gpu-runtime/training).");
            var config = new WordEncoderConfig(
                json.Need("hidden_size").GetInt32(),
                json.Need("num_layers").GetInt32(),
                json.Need("num_heads").GetInt32(),
                json.Need("mlp_ratio").GetInt32(),
                json.Need("buckets").GetInt32(),
                json.Need("max_words").GetInt32(),
                json.Need("slots").GetInt32(),
                json.Need("condition_size").GetInt32(),
                json.Need("layer_norm_eps").GetSingle(),
                Strings(json.Need("tags")),
                [.. json.Need("attributes").EnumerateObject().Select(attribute => (attribute.Name, Strings(attribute.Value)))]);
            return config.Slots == config.Attributes.Count
                ? config
                : throw new CheckpointException($"{path} has {config.Slots} slots for {config.Attributes.Count} attributes; each needs one.");
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or IOException)
        {
            throw new CheckpointException($"{path} cannot be read: {error.Message}", error);
        }
    }

    private static IReadOnlyList<string> Strings(JsonElement values) => [.. values.EnumerateArray().Select(value => value.GetString()!)];
}
