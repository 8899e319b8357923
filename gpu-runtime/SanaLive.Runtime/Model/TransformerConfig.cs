using System.Text.Json;
using SanaLive.Runtime.Checkpoints;

namespace SanaLive.Runtime.Model;

/// <summary>Hyper-parameters of a SANA-Video transformer, as in the <c>config.json</c> beside its weights.</summary>
public sealed record TransformerConfig
{
    public required int InChannels { get; init; }

    public required int OutChannels { get; init; }

    public required int Heads { get; init; }

    public required int HeadDim { get; init; }

    public required int CrossHeads { get; init; }

    public required int CrossHeadDim { get; init; }

    public required int Layers { get; init; }

    /// <summary>Width of the text embeddings.</summary>
    public required int CaptionChannels { get; init; }

    public required double MlpRatio { get; init; }

    /// <summary>Latent pixels of a token in height and width: 1 or 2. In time it is always 1.</summary>
    public required int Patch { get; init; }

    /// <summary>Of the LayerNorms.</summary>
    public float NormEps { get; init; } = 1e-6f;

    /// <summary>Added to the denominator of linear attention: 1e-15 in diffusers' models, 1e-8 in NVlabs'.</summary>
    public float AttentionEps { get; init; } = 1e-15f;

    /// <summary>RMSNorm of queries and keys in self-attention.</summary>
    public float QkNormEps { get; init; } = 1e-5f;

    /// <summary>RMSNorm of queries and keys in cross-attention: 1e-5 in diffusers' models, 1e-6 in NVlabs'.</summary>
    public float CrossQkNormEps { get; init; } = 1e-5f;

    /// <summary>RMSNorm of the projected text.</summary>
    public float CaptionNormEps { get; init; } = 1e-5f;

    public int Hidden => Heads * HeadDim;

    public int CrossHidden => CrossHeads * CrossHeadDim;

    /// <summary>Channels of the feed-forward after its gate.</summary>
    public int FeedForward => (int)(MlpRatio * Hidden);

    /// <summary>The same model with the eps values of NVlabs' code, with which LongSANA checkpoints were trained.</summary>
    public TransformerConfig WithNvLabsEps() => this with { AttentionEps = 1e-8f, QkNormEps = 1e-5f, CrossQkNormEps = 1e-6f };

    /// <summary>
    /// Reads a config. Its own <c>attention_eps</c>, <c>qk_norm_eps</c>, <c>cross_qk_norm_eps</c> decide where present; else the
    /// class name does: <c>SanaVideoTransformer3DModel</c> means diffusers' values, a name with <c>LongSana</c>, <c>LongLive</c> or <c>Causal</c> NVlabs'.
    /// </summary>
    /// <exception cref="CheckpointException">A key is missing, or the model is of a kind that this runtime does not have.</exception>
    public static TransformerConfig Read(string path)
    {
        try
        {
            using var json = HubJson.Read(path);
            return Read(path, json.RootElement);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or IOException)
        {
            throw new CheckpointException($"{path} cannot be read: {error.Message}", error);
        }
    }

    private static TransformerConfig Read(string path, JsonElement json)
    {
        Refuse(path, json, "attention_bias", value => value.ValueKind == JsonValueKind.True);
        Refuse(path, json, "guidance_embeds", value => value.ValueKind == JsonValueKind.True);
        Refuse(path, json, "norm_elementwise_affine", value => value.ValueKind == JsonValueKind.True);
        Refuse(path, json, "qk_norm", value => value.GetString() != "rms_norm_across_heads");
        var patch = json.Need("patch_size").EnumerateArray().Select(size => size.GetInt32()).ToArray();
        if (patch is not ([1, 1, 1] or [1, 2, 2]))
            throw new CheckpointException($"{path} has patch_size [{string.Join(", ", patch)}]; [1, 1, 1] and [1, 2, 2] are known.");

        var config = new TransformerConfig
        {
            InChannels = json.Need("in_channels").GetInt32(),
            OutChannels = json.Need("out_channels").GetInt32(),
            Heads = json.Need("num_attention_heads").GetInt32(),
            HeadDim = json.Need("attention_head_dim").GetInt32(),
            CrossHeads = json.Need("num_cross_attention_heads").GetInt32(),
            CrossHeadDim = json.Need("cross_attention_head_dim").GetInt32(),
            Layers = json.Need("num_layers").GetInt32(),
            CaptionChannels = json.Need("caption_channels").GetInt32(),
            MlpRatio = json.Need("mlp_ratio").GetDouble(),
            Patch = patch[1],
            NormEps = json.TryGetProperty("norm_eps", out var eps) ? eps.GetSingle() : 1e-6f,
        };
        var className = json.TryGetProperty("_class_name", out var name) ? name.GetString() ?? string.Empty : string.Empty;
        if (new[] { "LongSana", "LongLive", "Causal" }.Any(word => className.Contains(word, StringComparison.OrdinalIgnoreCase)))
            config = config.WithNvLabsEps();
        config = config with
        {
            AttentionEps = Optional(json, "attention_eps", config.AttentionEps),
            QkNormEps = Optional(json, "qk_norm_eps", config.QkNormEps),
            CrossQkNormEps = Optional(json, "cross_qk_norm_eps", config.CrossQkNormEps),
        };
        if (config.HeadDim < 6 || config.HeadDim % 2 != 0 || Math.Min(Math.Min(config.Heads, config.CrossHeads), config.Layers) < 1)
            throw new CheckpointException($"{path} describes an impossible model: {config}.");
        return config;
    }

    private static float Optional(JsonElement json, string name, float otherwise) =>
        json.TryGetProperty(name, out var value) ? value.GetSingle() : otherwise;

    private static void Refuse(string path, JsonElement json, string name, Func<JsonElement, bool> unknown)
    {
        if (json.TryGetProperty(name, out var value) && unknown(value))
            throw new CheckpointException($"{path} has {name} = {value}, which this runtime does not have.");
    }
}
