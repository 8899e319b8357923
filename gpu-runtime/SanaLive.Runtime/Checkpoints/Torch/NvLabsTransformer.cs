using System.Globalization;
using SanaLive.Runtime.Model;

namespace SanaLive.Runtime.Checkpoints.Torch;

/// <summary>
/// A transformer in NVlabs' own file under the names that diffusers gave its tensors, which this runtime reads. The numbers stay where
/// they are: queries, keys and values, one tensor there, are parts of it here.
/// </summary>
internal sealed class NvLabsTransformer : ITensorFile
{
    private const string Marker = "x_embedder.proj.weight";

    private static readonly (string Theirs, string Ours)[] Whole =
    [
        ("x_embedder.proj", "patch_embedding"),
        ("y_embedder.y_proj.fc1", "caption_projection.linear_1"),
        ("y_embedder.y_proj.fc2", "caption_projection.linear_2"),
        ("attention_y_norm", "caption_norm"),
        ("t_embedder.mlp.0", "time_embed.emb.timestep_embedder.linear_1"),
        ("t_embedder.mlp.2", "time_embed.emb.timestep_embedder.linear_2"),
        ("t_block.1", "time_embed.linear"),
        ("final_layer.linear", "proj_out"),
        ("final_layer.scale_shift_table", "scale_shift_table"),
    ];

    // Below blocks.N: one to one, or one to several equal parts of its rows.
    private static readonly (string Theirs, string[] Ours)[] Block =
    [
        ("scale_shift_table", ["scale_shift_table"]),
        ("attn.qkv", ["attn1.to_q", "attn1.to_k", "attn1.to_v"]),
        ("attn.q_norm", ["attn1.norm_q"]),
        ("attn.k_norm", ["attn1.norm_k"]),
        ("attn.proj", ["attn1.to_out.0"]),
        ("cross_attn.q_linear", ["attn2.to_q"]),
        ("cross_attn.kv_linear", ["attn2.to_k", "attn2.to_v"]),
        ("cross_attn.q_norm", ["attn2.norm_q"]),
        ("cross_attn.k_norm", ["attn2.norm_k"]),
        ("cross_attn.proj", ["attn2.to_out.0"]),
        ("mlp.inverted_conv.conv", ["ff.conv_inverted"]),
        ("mlp.depth_conv.conv", ["ff.conv_depth"]),
        ("mlp.point_conv.conv", ["ff.conv_point"]),
        ("mlp.t_conv", ["ff.conv_temp"]),
    ];

    // Of training: the prompt that stands for none, a table that rope has replaced, and the weights of a loss.
    private static readonly string[] NotUsed = ["y_embedder.y_embedding", "pos_embed", "logvar_linear.weight", "logvar_linear.bias"];
    private readonly TorchFile file;

    private NvLabsTransformer(TorchFile file, Dictionary<string, TensorEntry> tensors) => (this.file, Tensors) = (file, tensors);

    public string Path => file.Path;

    /// <summary>Whether the file is of LongSANA's training, which keeps a generator and its judge apart.</summary>
    public bool IsGenerator => file.Wrapper == "generator";

    /// <summary>By diffusers' names. A tensor whose name is not known keeps it.</summary>
    public IReadOnlyDictionary<string, TensorEntry> Tensors { get; }

    /// <exception cref="CheckpointException">It cannot be read, or holds no such transformer.</exception>
    public static NvLabsTransformer Open(string path)
    {
        var file = TorchFile.Open(path);
        try
        {
            // model., module., generator.model. and the like: whatever the training code had wrapped the model in.
            var marker = file.Tensors.Keys.FirstOrDefault(name => name == Marker || name.EndsWith($".{Marker}", StringComparison.Ordinal))
                ?? throw new CheckpointException($"{path} has no tensor {Marker}: it is no transformer of SANA-Video (its first tensor is {file.Tensors.Keys.First()}).");
            var prefix = marker[..^Marker.Length];
            var tensors = new Dictionary<string, TensorEntry>(StringComparer.Ordinal);
            foreach (var entry in file.Tensors.Values)
            {
                var name = entry.Name.StartsWith(prefix, StringComparison.Ordinal) ? entry.Name[prefix.Length..] : entry.Name;
                if (NotUsed.Contains(name))
                    continue;
                foreach (var part in Named(path, name, entry))
                {
                    if (!tensors.TryAdd(part.Name, part))
                        throw new CheckpointException($"{path} has {part.Name} twice, once as {entry.Name}.");
                }
            }

            return new NvLabsTransformer(file, tensors);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public float[] ReadFloats(TensorEntry entry) => file.ReadFloats(entry);

    public ReadOnlySpan<ushort> ReadBFloat16(TensorEntry entry) => file.ReadBFloat16(entry);

    public void Dispose() => file.Dispose();

    /// <summary>
    /// The hyper-parameters that the shapes say. How wide a head is they do not: 112, as in every published checkpoint.
    /// </summary>
    /// <exception cref="CheckpointException">The shapes are those of no such transformer.</exception>
    public TransformerConfig Config()
    {
        const int headDim = 112;
        var patch = Shape("patch_embedding.weight", 5);
        var (hidden, layers) = (patch[0], Tensors.Keys.Count(name => name.EndsWith(".attn1.norm_q.weight", StringComparison.Ordinal)));
        if (hidden % headDim != 0 || patch[2] != 1 || patch[3] != patch[4] || patch[3] is not (1 or 2) || layers < 1)
            throw new CheckpointException($"{Path} is {hidden} wide with patches of [{string.Join(", ", patch.Skip(2))}] in {layers} layers; published models have heads of {headDim} and patches of [1, 1, 1] or [1, 2, 2].");
        return new TransformerConfig
        {
            InChannels = patch[1],
            OutChannels = Shape("proj_out.weight", 2)[0] / (patch[3] * patch[4]),
            Heads = hidden / headDim,
            HeadDim = headDim,
            CrossHeads = Shape("transformer_blocks.0.attn2.to_q.weight", 2)[0] / headDim,
            CrossHeadDim = headDim,
            Layers = layers,
            CaptionChannels = Shape("caption_projection.linear_1.weight", 2)[1],
            MlpRatio = Shape("transformer_blocks.0.ff.conv_inverted.weight", 4)[0] / 2.0 / hidden,
            Patch = patch[3],
        }.WithNvLabsEps();
    }

    private IReadOnlyList<int> Shape(string name, int dimensions) =>
        Tensors.TryGetValue(name, out var entry) && entry.Shape.Count == dimensions
            ? entry.Shape
            : throw new CheckpointException($"{Path} has no tensor of {dimensions} dimensions for {name}.");

    private static IEnumerable<TensorEntry> Named(string path, string name, TensorEntry entry)
    {
        var block = name.Split('.', 3) is ["blocks", var number, var inner] && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var layer)
            ? (Layer: layer, Inner: inner)
            : default((int Layer, string Inner)?);
        if (block is null)
            return [entry with { Name = Whole.Select(pair => Renamed(name, pair.Theirs, pair.Ours)).FirstOrDefault(found => found is not null) ?? name }];
        foreach (var (theirs, ours) in Block)
        {
            if (Renamed(block.Value.Inner, theirs, string.Empty) is { } suffix)
                return Parts(path, entry, [.. ours.Select(part => $"transformer_blocks.{block.Value.Layer}.{part}{suffix}")]);
        }

        return [entry with { Name = name }];
    }

    /// <summary>The name with its beginning replaced, when nothing but <c>.weight</c> or <c>.bias</c> follows it; else null.</summary>
    private static string? Renamed(string name, string from, string to) =>
        name == from ? to : name.StartsWith(from, StringComparison.Ordinal) && name[from.Length..] is ".weight" or ".bias" ? to + name[from.Length..] : null;

    private static TensorEntry[] Parts(string path, TensorEntry entry, string[] names)
    {
        if (names.Length == 1)
            return [entry with { Name = names[0] }];
        if (entry.Shape.Count == 0 || entry.Shape[0] % names.Length != 0 || entry.Strides is not null)
            throw new CheckpointException($"{entry.Name} in {path} has shape [{string.Join(", ", entry.Shape)}] and cannot be split into {names.Length}.");
        var (rows, bytes) = (entry.Shape[0] / names.Length, (entry.End - entry.Start) / names.Length);
        return [.. names.Select((name, part) => entry with
        {
            Name = name,
            Shape = [rows, .. entry.Shape.Skip(1)],
            Start = entry.Start + (part * bytes),
            End = entry.Start + ((part + 1) * bytes),
        })];
    }
}
