using System.Text.Json;
using SanaLive.Runtime.Text.Gemma;

namespace SanaLive.Runtime.Checkpoints.Published;

/// <summary>
/// Checks a published folder before its first use: every file is there and whole, every shard that an index names too, every tensor has the
/// shape that the configs ask for, and the parts fit together. Reads headers, not weights: it takes a moment.
/// </summary>
public sealed class PublishedCheck
{
    private const string DiffusersWeights = "diffusion_pytorch_model";
    private readonly PublishedFolder folder;
    private readonly string root;
    private readonly PublishedRepository parts;
    private readonly List<string> problems = [];
    private readonly SortedDictionary<string, PublishedFile> files = new(StringComparer.Ordinal);
    private long parameters;

    private PublishedCheck(PublishedFolder folder)
    {
        this.folder = folder;
        root = Path.GetDirectoryName(folder.VaePath)!;
        // NVlabs' repositories have the transformer; the other parts are the ones of diffusers' repository of the same kind.
        parts = folder.Layout == PublishedLayout.NvLabs ? PublishedRepository.PartsOf(folder.Kind, folder.Vae) : folder.Repository;
    }

    /// <summary>Never throws for what is wrong with the folder: all of it is in the report at once.</summary>
    public static PublishedReport Run(PublishedFolder folder)
    {
        var check = new PublishedCheck(folder);
        check.Transformer();
        check.Autoencoder();
        check.TextEncoder();
        if (folder.Layout == PublishedLayout.Diffusers)
        {
            check.Need("model_index.json");
            check.Need("scheduler/scheduler_config.json");
        }

        if (!check.Add("tokenizer/tokenizer.json") && !check.Add("tokenizer/tokenizer.model"))
            check.Missing("tokenizer/tokenizer.json");
        return new PublishedReport(check.problems, [.. check.files.Values], check.parameters);
    }

    private void Transformer()
    {
        var expected = TransformerTensors.Of(folder.Transformer);
        if (folder.Layout == PublishedLayout.Diffusers)
        {
            Need("transformer/config.json");
            if (Weights("transformer", DiffusersWeights))
                Shapes(folder.TransformerPath, _ => expected);
            return;
        }

        Add(Path.GetRelativePath(root, folder.TransformerPath).Replace(Path.DirectorySeparatorChar, '/'));
        Shapes(folder.TransformerPath, _ => expected);
    }

    private void Autoencoder()
    {
        if (!Need("vae/config.json"))
        {
            Weights("vae", DiffusersWeights);
            return;
        }

        Try(() =>
        {
            using var json = HubJson.Read(Path.Combine(folder.VaePath, "config.json"));
            var (className, key) = folder.Vae == PublishedVae.Wan21 ? ("AutoencoderKLWan", "z_dim") : ("AutoencoderKLLTX2Video", "latent_channels");
            var found = json.RootElement.TryGetProperty("_class_name", out var name) ? name.ToString() : "nothing";
            if (found != className)
                problems.Add($"vae/config.json describes {found}; this transformer was trained with {className}. Download the folder vae anew from {parts.Name}.");
            else if (!json.RootElement.TryGetProperty(key, out var channels) || !channels.TryGetInt32(out var count) || count != folder.Transformer.InChannels)
                problems.Add($"vae/config.json has {key} = {channels}, the transformer reads {folder.Transformer.InChannels} channels: they are of different models.");
        });
        if (Weights("vae", DiffusersWeights))
            Shapes(folder.VaePath, null);
    }

    private void TextEncoder()
    {
        var config = default(Gemma2Config);
        if (Need("text_encoder/config.json"))
        {
            Try(() => config = Gemma2Config.Read(Path.Combine(folder.TextEncoderPath, "config.json")));
            if (config is not null && config.Hidden != folder.Transformer.CaptionChannels)
                problems.Add($"The text encoder gives {config.Hidden} numbers a token, the transformer reads {folder.Transformer.CaptionChannels}: they are of different models.");
        }

        if (Weights("text_encoder", "model"))
            Shapes(folder.TextEncoderPath, weights => config is null ? null : GemmaTensors.Of(config, weights.Has("model.embed_tokens.weight") ? "model." : string.Empty));
    }

    /// <summary>Whether a part's weights are there: one file, or an index and every shard that it names.</summary>
    private bool Weights(string part, string name)
    {
        var index = $"{part}/{name}.safetensors.index.json";
        if (!File.Exists(Full(index)))
        {
            if (Add($"{part}/{name}.safetensors"))
                return true;
            if (Directory.Exists(Full(part)) && Directory.GetFiles(Full(part), $"{name}-*.safetensors").Length > 0)
                Missing(index);
            else
                Missing($"{part}/{name}.safetensors", $", or {Path.GetFileName(index)} there and the shards that it names");
            return false;
        }

        Add(index);
        var whole = true;
        Try(() =>
        {
            using var json = HubJson.Read(Full(index));
            var shards = json.RootElement.GetProperty("weight_map").EnumerateObject().Select(entry => entry.Value.GetString()!).Distinct().Order(StringComparer.Ordinal);
            foreach (var shard in shards.Where(shard => Path.GetFileName(shard) == shard))
                whole &= Need($"{part}/{shard}");
        });
        return whole;
    }

    private void Shapes(string path, Func<Checkpoint, IReadOnlyDictionary<string, int[]>?>? expect) => Try(() =>
    {
        using var weights = Checkpoint.Open(path);
        parameters += weights.Parameters;
        if (expect?.Invoke(weights) is not { } expected)
            return;
        var where = Path.GetRelativePath(root, path);
        var found = weights.Shapes.ToDictionary(tensor => tensor.Name, tensor => tensor.Shape, StringComparer.Ordinal);
        var missing = expected.Keys.Where(name => !found.ContainsKey(name)).ToArray();
        var surplus = found.Keys.Where(name => !expected.ContainsKey(name)).ToArray();
        if (missing.Length > 0)
            problems.Add($"{where} lacks {missing.Length} of {expected.Count} tensors, the first {missing[0]} [{string.Join(", ", expected[missing[0]])}].");
        if (surplus.Length > 0)
            problems.Add($"{where} has {surplus.Length} tensors that its config has no place for, the first {surplus[0]} [{string.Join(", ", found[surplus[0]])}].");
        var wrong = expected.Where(pair => found.TryGetValue(pair.Key, out var shape) && !shape.SequenceEqual(pair.Value)).Select(pair => pair.Key).ToArray();
        if (wrong.Length > 0)
            problems.Add($"{where} has {wrong.Length} tensors of another shape than its config asks for, the first {wrong[0]}: [{string.Join(", ", found[wrong[0]])}] instead of [{string.Join(", ", expected[wrong[0]])}].");
    });

    private void Try(Action step)
    {
        try
        {
            step();
        }
        catch (Exception error) when (error is CheckpointException or JsonException or KeyNotFoundException or InvalidOperationException or IOException)
        {
            problems.Add(error.Message);
        }
    }

    private bool Need(string file)
    {
        if (Add(file))
            return true;
        Missing(file);
        return false;
    }

    /// <summary>Counts a file in; false when it is not there, or only a pointer to it.</summary>
    private bool Add(string file)
    {
        var info = new FileInfo(Full(file));
        if (!info.Exists || IsPointer(info))
            return false;
        files[file] = new PublishedFile(file, info.Length);
        return true;
    }

    private void Missing(string file, string instead = "")
    {
        var pointer = File.Exists(Full(file)) ? "is a pointer of git LFS, not the file itself" : "is missing";
        problems.Add($"{file} {pointer}. Download from {parts.Name}: {file}{instead}.");
    }

    private string Full(string file) => Path.Combine(root, file);

    /// <summary>What a clone without git LFS has in the place of a large file: some lines of text.</summary>
    private static bool IsPointer(FileInfo file)
    {
        if (file.Length is 0 or > 1024)
            return false;
        using var reader = file.OpenText();
        return reader.ReadLine()?.StartsWith("version https://git-lfs", StringComparison.Ordinal) == true;
    }
}
