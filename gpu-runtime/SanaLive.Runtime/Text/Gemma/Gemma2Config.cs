using System.Text.Json;
using SanaLive.Runtime.Checkpoints;

namespace SanaLive.Runtime.Text.Gemma;

/// <summary>Hyper-parameters of a Gemma 2 language model, as in the <c>config.json</c> beside its weights.</summary>
public sealed record Gemma2Config
{
    public required int VocabularySize { get; init; }

    public required int Hidden { get; init; }

    /// <summary>Channels of the feed-forward after its gate.</summary>
    public required int FeedForward { get; init; }

    public required int Heads { get; init; }

    /// <summary>Heads of keys and values; each serves <see cref="Heads"/> / <see cref="KeyValueHeads"/> neighbouring query heads.</summary>
    public required int KeyValueHeads { get; init; }

    public required int HeadDim { get; init; }

    /// <summary>Products of queries and keys are scaled by its inverse square root; not always the head's width.</summary>
    public required double QueryScalar { get; init; }

    /// <summary>Tokens that a sliding layer sees, the token itself among them; 0: everything before it.</summary>
    public required int SlidingWindow { get; init; }

    /// <summary>Of the attention's logits: <c>cap * tanh(x / cap)</c>; 0: none.</summary>
    public required float AttentionSoftCap { get; init; }

    public required float NormEps { get; init; }

    public required double RopeTheta { get; init; }

    /// <summary>Queries, keys, values and the attention's output have a bias.</summary>
    public required bool AttentionBias { get; init; }

    /// <summary>For every layer whether it sees a window only.</summary>
    public required IReadOnlyList<bool> Sliding { get; init; }

    public int Layers => Sliding.Count;

    /// <exception cref="CheckpointException">A key is missing, or the model is of a kind that this runtime does not have.</exception>
    public static Gemma2Config Read(string path)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(path));
            return Read(path, json.RootElement);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or IOException)
        {
            throw new CheckpointException($"{path} cannot be read: {error.Message}", error);
        }
    }

    private static Gemma2Config Read(string path, JsonElement json)
    {
        if (json.Need("model_type").GetString() is var type && type != "gemma2")
            throw new CheckpointException($"{path} describes a language model of the type '{type}'; this runtime reads prompts with gemma2.");
        if (Text(json, "hidden_activation") is { } activation && activation != "gelu_pytorch_tanh")
            throw new CheckpointException($"{path} has hidden_activation = {activation}; gelu_pytorch_tanh is known.");
        if (json.TryGetProperty("rope_scaling", out var scaling) && scaling.ValueKind != JsonValueKind.Null)
            throw new CheckpointException($"{path} has rope_scaling = {scaling}, which this runtime does not have.");

        // Where newer versions of transformers write the rotation.
        var rope = json.TryGetProperty("rope_parameters", out var given) && given.ValueKind == JsonValueKind.Object ? given : json;
        if (Text(rope, "rope_type") is { } rotation && rotation != "default")
            throw new CheckpointException($"{path} has rope_type = {rotation}; default is known.");
        var layers = json.Need("num_hidden_layers").GetInt32();
        var config = new Gemma2Config
        {
            VocabularySize = json.Need("vocab_size").GetInt32(),
            Hidden = json.Need("hidden_size").GetInt32(),
            FeedForward = json.Need("intermediate_size").GetInt32(),
            Heads = json.Need("num_attention_heads").GetInt32(),
            KeyValueHeads = json.Need("num_key_value_heads").GetInt32(),
            HeadDim = json.Need("head_dim").GetInt32(),
            // What a config leaves out is what transformers' Gemma2Config says.
            QueryScalar = Number(json, "query_pre_attn_scalar", 256),
            SlidingWindow = (int)Number(json, "sliding_window", 4096),
            AttentionSoftCap = (float)Number(json, "attn_logit_softcapping", 50, nothing: 0),
            NormEps = (float)Number(json, "rms_norm_eps", 1e-6),
            RopeTheta = Number(rope, "rope_theta", 10000),
            AttentionBias = json.TryGetProperty("attention_bias", out var bias) && bias.ValueKind == JsonValueKind.True,
            Sliding = Kinds(path, json, layers),
        };
        var good = Math.Min(Math.Min(config.VocabularySize, config.Hidden), Math.Min(config.FeedForward, config.Layers)) > 0
            && config.Heads > 0 && config.KeyValueHeads > 0 && config.Heads % config.KeyValueHeads == 0 && config.HeadDim > 0 && config.HeadDim % 2 == 0
            && config.QueryScalar > 0 && config.SlidingWindow >= 0 && config.AttentionSoftCap >= 0 && config.RopeTheta > 0;
        return good ? config : throw new CheckpointException($"{path} describes an impossible model: {config}.");
    }

    /// <summary>Newer configs list their layers; without a list every second one slides, the first among them.</summary>
    private static bool[] Kinds(string path, JsonElement json, int layers)
    {
        if (!json.TryGetProperty("layer_types", out var list) || list.ValueKind == JsonValueKind.Null)
            return layers is > 0 and < 10_000 ? [.. Enumerable.Range(0, layers).Select(layer => layer % 2 == 0)] : [];
        var kinds = list.EnumerateArray().Select(kind => kind.GetString()).ToArray();
        if (kinds.Length != layers || kinds.FirstOrDefault(kind => kind is not ("sliding_attention" or "full_attention")) is not null)
            throw new CheckpointException($"{path} has {layers} layers and layer_types {list}; sliding_attention and full_attention are known, one for each layer.");
        return [.. kinds.Select(kind => kind == "sliding_attention")];
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value.GetString() : null;

    private static double Number(JsonElement json, string name, double otherwise, double? nothing = null) =>
        !json.TryGetProperty(name, out var value) ? otherwise : value.ValueKind == JsonValueKind.Null ? nothing ?? otherwise : value.GetDouble();
}
