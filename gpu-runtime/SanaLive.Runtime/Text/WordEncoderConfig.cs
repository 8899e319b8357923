using System.Text.Json;
using SanaLive.Runtime.Checkpoints;

namespace SanaLive.Runtime.Text;

/// <summary>Hyper-parameters of the embedded world's text encoder.</summary>
internal sealed record WordEncoderConfig(
    int Width, int Layers, int Heads, int MlpRatio, int Buckets, int MaxWords, int Slots, float NormEps,
    IReadOnlyList<string> Tags, IReadOnlyList<(string Name, IReadOnlyList<string> Values)> Attributes)
{
    public static WordEncoderConfig Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var json = document.RootElement;
            if (json.Need("_class_name").GetString() != "SanaLiveWordEncoder" || json.Need("segments").GetInt32() != 2)
                throw new CheckpointException($"{path} describes a text encoder that this runtime does not have.");
            return new WordEncoderConfig(
                json.Need("hidden_size").GetInt32(),
                json.Need("num_layers").GetInt32(),
                json.Need("num_heads").GetInt32(),
                json.Need("mlp_ratio").GetInt32(),
                json.Need("buckets").GetInt32(),
                json.Need("max_words").GetInt32(),
                json.Need("slots").GetInt32(),
                json.Need("layer_norm_eps").GetSingle(),
                Strings(json.Need("tags")),
                [.. json.Need("attributes").EnumerateObject().Select(attribute => (attribute.Name, Strings(attribute.Value)))]);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or IOException)
        {
            throw new CheckpointException($"{path} cannot be read: {error.Message}", error);
        }
    }

    private static IReadOnlyList<string> Strings(JsonElement values) => [.. values.EnumerateArray().Select(value => value.GetString()!)];
}
