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
            if (json.GetProperty("_class_name").GetString() != "SanaLiveWordEncoder" || json.GetProperty("segments").GetInt32() != 2)
                throw new CheckpointException($"{path} describes a text encoder that this runtime does not have.");
            return new WordEncoderConfig(
                json.GetProperty("hidden_size").GetInt32(),
                json.GetProperty("num_layers").GetInt32(),
                json.GetProperty("num_heads").GetInt32(),
                json.GetProperty("mlp_ratio").GetInt32(),
                json.GetProperty("buckets").GetInt32(),
                json.GetProperty("max_words").GetInt32(),
                json.GetProperty("slots").GetInt32(),
                json.GetProperty("layer_norm_eps").GetSingle(),
                Strings(json.GetProperty("tags")),
                [.. json.GetProperty("attributes").EnumerateObject().Select(attribute => (attribute.Name, Strings(attribute.Value)))]);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or IOException)
        {
            throw new CheckpointException($"{path} cannot be read: {error.Message}", error);
        }
    }

    private static IReadOnlyList<string> Strings(JsonElement values) => [.. values.EnumerateArray().Select(value => value.GetString()!)];
}
