using SanaLive.Runtime.Model;

namespace SanaLive.Runtime.Checkpoints.Published;

/// <summary>
/// A published checkpoint on this machine, recognised by its configs alone: what it makes, and where its parts should lie.
/// </summary>
public sealed partial record PublishedFolder
{
    private static readonly string[] Pipelines = ["SanaVideoPipeline", "SanaImageToVideoPipeline", "SanaVideoImageToVideoPipeline", "LongSanaVideoPipeline"];
    private static readonly string[] StreamNames = ["LongLive", "LongSana", "Causal"];

    private PublishedFolder()
    {
    }

    public required string Folder { get; init; }

    public required PublishedLayout Layout { get; init; }

    public required PublishedKind Kind { get; init; }

    public required PublishedVae Vae { get; init; }

    public required EpsVariant Eps { get; init; }

    /// <summary>With the eps values of <see cref="Eps"/>.</summary>
    public required TransformerConfig Transformer { get; init; }

    /// <summary>The folder <c>transformer</c>, or the <c>.pth</c> file: what <see cref="Checkpoint.Open"/> takes.</summary>
    public required string TransformerPath { get; init; }

    /// <summary>Its name on the hub.</summary>
    public required PublishedRepository Repository { get; init; }

    /// <summary>Folder of the autoencoder: <c>config.json</c> and weights.</summary>
    public string VaePath => Part("vae");

    /// <summary>Folder of Gemma 2: <c>config.json</c> and weights.</summary>
    public string TextEncoderPath => Part("text_encoder");

    /// <summary>Folder of <c>tokenizer.json</c> or <c>tokenizer.model</c>.</summary>
    public string TokenizerPath => Part("tokenizer");

    /// <summary><c>scheduler_config.json</c>, to be read by <see cref="HubJson"/>; null when the folder has none.</summary>
    public string? SchedulerPath => Path.Combine(Part("scheduler"), "scheduler_config.json") is var path && File.Exists(path) ? path : null;

    /// <summary>Whether a path is a published checkpoint rather than a model of this project's own kind. Reads no weights.</summary>
    public static bool IsPublished(string path) => IndexClass(path) is { } name ? Pipelines.Contains(name) : FindTorchFile(path) is not null;

    /// <summary>Recognises a folder of diffusers' layout, a <c>.pth</c> file, or a folder with one in it (or in its <c>checkpoints</c>).</summary>
    /// <exception cref="CheckpointException">It is none, or of a kind that this runtime does not have; a sentence says why.</exception>
    public static PublishedFolder Recognise(string path)
    {
        if (!Directory.Exists(path) && !File.Exists(path))
            throw new CheckpointException($"There is no folder {path}.");
        if (IndexClass(path) is { } name)
        {
            return Pipelines.Contains(name)
                ? OfDiffusers(path, name)
                : throw new CheckpointException($"{path} holds a {name}; published checkpoints of SANA-Video are {string.Join(", ", Pipelines)}.");
        }

        if (FindTorchFile(path) is { } torch)
            return OfTorch(path, torch);
        throw new CheckpointException(
            $"{path} has neither a model_index.json nor a .pth file: name the folder that one of these was downloaded to: {string.Join(", ", PublishedRepository.All.Select(known => known.Name))}.");
    }

    /// <summary>Opens the transformer's weights under diffusers' names, whatever they are called in the file.</summary>
    /// <exception cref="CheckpointException">Missing or damaged.</exception>
    public Checkpoint OpenTransformer() => Checkpoint.Open(TransformerPath);

    private static PublishedFolder OfDiffusers(string folder, string pipeline)
    {
        var part = Path.Combine(folder, "transformer");
        var configPath = Path.Combine(part, "config.json");
        var folderName = Path.GetFileName(Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar));
        if (!File.Exists(configPath))
        {
            var guess = PublishedRepository.Of(folderName, PublishedKind.Clip, PublishedVae.Wan21, PublishedLayout.Diffusers);
            throw new CheckpointException($"{configPath} is missing. Download transformer/config.json from {guess.Name}.");
        }

        using var json = HubJson.Read(configPath);
        var className = json.RootElement.TryGetProperty("_class_name", out var value) ? value.GetString() ?? string.Empty : string.Empty;
        if (!className.EndsWith("Transformer3DModel", StringComparison.Ordinal) || !className.Contains("Sana", StringComparison.OrdinalIgnoreCase))
            throw new CheckpointException($"{configPath} describes a {(className.Length == 0 ? "model without a class name" : className)}, not a SanaVideoTransformer3DModel.");
        var kind = Says([className, pipeline, folderName], StreamNames) ? PublishedKind.LongSana : PublishedKind.Clip;
        var config = TransformerConfig.Read(configPath);
        var (eps, vae) = (kind == PublishedKind.LongSana ? EpsVariant.NvLabs : EpsVariant.Diffusers, VaeOf(config, configPath));
        return new PublishedFolder
        {
            Folder = folder,
            Layout = PublishedLayout.Diffusers,
            Kind = kind,
            Vae = vae,
            Eps = eps,
            Transformer = eps == EpsVariant.NvLabs ? config.WithNvLabsEps() : config,
            TransformerPath = part,
            Repository = PublishedRepository.Of(folderName, kind, vae, PublishedLayout.Diffusers),
        };
    }

    /// <summary>Tokens of 2x2 latents belong to Wan 2.1, of single ones to LTX-2.</summary>
    private static PublishedVae VaeOf(TransformerConfig config, string source) => (config.Patch, config.InChannels == config.OutChannels) switch
    {
        (2, true) => PublishedVae.Wan21,
        (1, true) => PublishedVae.Ltx2,
        _ => throw new CheckpointException($"{source} reads {config.InChannels} channels and gives {config.OutChannels}; SANA-Video gives what it reads."),
    };

    private static bool Says(IEnumerable<string> names, string[] words) =>
        names.Any(name => words.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase)));

    private static string? IndexClass(string folder)
    {
        var index = Path.Combine(folder, "model_index.json");
        if (!File.Exists(index))
            return null;
        using var json = HubJson.Read(index);
        return json.RootElement.ValueKind == System.Text.Json.JsonValueKind.Object && json.RootElement.TryGetProperty("_class_name", out var name) && name.ValueKind == System.Text.Json.JsonValueKind.String
            ? name.GetString()
            : throw new CheckpointException($"{index} names no _class_name.");
    }

    /// <summary>Parts lie in the folder, or where NVlabs' <c>checkpoints</c> lies.</summary>
    private string Part(string name)
    {
        var folder = Directory.Exists(Folder) ? Folder : Path.GetDirectoryName(Path.GetFullPath(Folder))!;
        return Path.Combine(Path.GetFileName(folder) == "checkpoints" ? Path.GetDirectoryName(folder)! : folder, name);
    }
}
