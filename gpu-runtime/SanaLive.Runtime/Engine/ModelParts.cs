using SanaLive.Runtime.Model;
using SanaLive.Runtime.Text;
using SanaLive.Runtime.Vae;

namespace SanaLive.Runtime.Engine;

/// <summary>What a model of streams is put together from, whatever kind of folder it was found in.</summary>
internal sealed record ModelParts
{
    /// <summary>For sentences.</summary>
    public required string Folder { get; init; }

    public required SanaVideoTransformer Transformer { get; init; }

    public required VideoDecoder Decoder { get; init; }

    public required VideoEncoder Encoder { get; init; }

    public required IPromptEncoder Prompts { get; init; }

    /// <summary>Columns of an embedding.</summary>
    public required int PromptChannels { get; init; }

    /// <summary>Null for a model that reads nothing in pictures.</summary>
    public ImageReader? ImageReader { get; init; }

    /// <summary>Of weights and configuration, and of whatever else a state depends on.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Of all parts.</summary>
    public required long Parameters { get; init; }

    /// <summary>Of all parts' files.</summary>
    public required long WeightBytes { get; init; }

    /// <summary>Those that the model was trained with, height x width; null for a model that has one.</summary>
    public IReadOnlyList<string>? Sizes { get; init; }
}
