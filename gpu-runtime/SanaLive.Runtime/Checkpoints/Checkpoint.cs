using System.Security.Cryptography;
using System.Text.Json;
using SanaLive.Runtime.Checkpoints.Torch;

namespace SanaLive.Runtime.Checkpoints;

/// <summary>
/// The weights of one model part: a single safetensors file, or several under an index. Tensors are taken by name and
/// shape; <see cref="Finish"/> refuses what nobody took, so that a checkpoint of another model never loads by accident.
/// </summary>
public sealed class Checkpoint : IDisposable
{
    private readonly string source;
    private readonly List<ITensorFile> files;
    private readonly Dictionary<string, (ITensorFile File, TensorEntry Entry)> tensors = new(StringComparer.Ordinal);
    private readonly HashSet<string> taken = new(StringComparer.Ordinal);

    private Checkpoint(string source, List<ITensorFile> files)
    {
        this.source = source;
        this.files = files;
        foreach (var file in files)
        {
            foreach (var entry in file.Tensors.Values)
            {
                if (!tensors.TryAdd(entry.Name, (file, entry)))
                    throw new CheckpointException($"{entry.Name} is in {tensors[entry.Name].File.Path} and again in {file.Path}.");
            }
        }
    }

    /// <summary>Numbers in all tensors.</summary>
    public long Parameters => tensors.Values.Sum(tensor => (long)tensor.Entry.Count);

    /// <summary>Of all its files.</summary>
    public long Bytes => files.Sum(file => new FileInfo(file.Path).Length);

    /// <summary>Most of its numbers are bf16.</summary>
    public bool IsBFloat16 => 2 * tensors.Values.Where(tensor => tensor.Entry.Type == TensorType.BF16).Sum(tensor => (long)tensor.Entry.Count) > Parameters;

    public bool Has(string name) => tensors.ContainsKey(name);

    /// <summary>
    /// Opens a safetensors file, NVlabs' transformer in a <c>.pth</c> or <c>.pt</c> file, or the folder of a Hugging Face model part: its
    /// only <c>*.safetensors</c>, or the shards that its <c>*.safetensors.index.json</c> names.
    /// </summary>
    /// <exception cref="CheckpointException">Nothing usable is there.</exception>
    public static Checkpoint Open(string path)
    {
        var files = new List<ITensorFile>();
        try
        {
            if (!Directory.Exists(path))
            {
                files.Add(IsTorch(path) ? NvLabsTransformer.Open(path) : SafetensorsFile.Open(path));
                return new Checkpoint(path, files);
            }

            var indexes = Directory.GetFiles(path, "*.safetensors.index.json");
            if (indexes.Length == 1)
            {
                var placed = ReadIndex(indexes[0]);
                files.AddRange(placed.Values.Distinct().Order(StringComparer.Ordinal).Select(name => SafetensorsFile.Open(Path.Combine(path, name))));
                var checkpoint = new Checkpoint(path, files);
                checkpoint.CheckIndex(indexes[0], placed);
                return checkpoint;
            }

            var singles = Directory.GetFiles(path, "*.safetensors");
            if (singles.Length != 1 || indexes.Length > 1)
                throw new CheckpointException($"{path} holds {singles.Length} safetensors files and {indexes.Length} indexes; one file or one index is needed.");
            files.Add(SafetensorsFile.Open(singles[0]));
            return new Checkpoint(path, files);
        }
        catch
        {
            files.ForEach(file => file.Dispose());
            throw;
        }
    }

    /// <summary>Every tensor's name and shape.</summary>
    public IEnumerable<(string Name, IReadOnlyList<int> Shape)> Shapes => tensors.Values.Select(tensor => (tensor.Entry.Name, tensor.Entry.Shape));

    /// <summary>The numbers of a tensor that must have exactly this shape; row after row.</summary>
    /// <exception cref="CheckpointException">Missing, or of another shape.</exception>
    public float[] Take(string name, params ReadOnlySpan<int> shape)
    {
        var (file, entry) = Find(name, shape);
        return file.ReadFloats(entry);
    }

    /// <summary>
    /// As <see cref="Take"/>, in bf16: where the file has it so, its own bytes and no copy, to be used before this is disposed; else rounded.
    /// </summary>
    /// <exception cref="CheckpointException">Missing, or of another shape.</exception>
    public ReadOnlySpan<ushort> TakeBFloat16(string name, params ReadOnlySpan<int> shape)
    {
        var (file, entry) = Find(name, shape);
        return file.ReadBFloat16(entry);
    }

    /// <summary>A tensor that must be [rows, columns], as a table that is read row by row; it has a life of its own.</summary>
    /// <exception cref="CheckpointException">Missing, or of another shape.</exception>
    public TensorRows TakeRows(string name, int rows, int columns)
    {
        var path = Find(name, [rows, columns]).File.Path;
        return IsTorch(path) ? throw new CheckpointException($"{name} is in {path}; row by row only safetensors files are read.") : new TensorRows(path, name);
    }

    /// <summary>A tensor that may be there and that nobody needs: <see cref="Finish"/> lets it pass.</summary>
    public void Leave(string name) => taken.Add(name);

    /// <summary>Ends the loading.</summary>
    /// <exception cref="CheckpointException">Tensors are left that the model does not know.</exception>
    public void Finish()
    {
        var left = tensors.Keys.Where(name => !taken.Contains(name)).Order(StringComparer.Ordinal).ToArray();
        if (left.Length > 0)
        {
            var first = tensors[left[0]].Entry;
            throw new CheckpointException(
                $"{source} has {left.Length} tensors that the model has no place for, the first {first.Name} with shape [{string.Join(", ", first.Shape)}] where none is needed.");
        }
    }

    /// <summary>Adds the bytes of every file to a hash, in order of their names.</summary>
    public void AddTo(IncrementalHash hash)
    {
        var buffer = new byte[1 << 16];
        foreach (var file in files)
        {
            using var stream = File.OpenRead(file.Path);
            while (stream.Read(buffer) is var read and > 0)
                hash.AppendData(buffer, 0, read);
        }
    }

    public void Dispose() => files.ForEach(file => file.Dispose());

    private (ITensorFile File, TensorEntry Entry) Find(string name, ReadOnlySpan<int> shape)
    {
        if (!tensors.TryGetValue(name, out var tensor))
            throw new CheckpointException($"{source} has no tensor {name} (needed with shape [{string.Join(", ", shape.ToArray())}]).");
        if (!tensor.Entry.Shape.SequenceEqual(shape.ToArray()))
        {
            throw new CheckpointException(
                $"{name} in {source} has shape [{string.Join(", ", tensor.Entry.Shape)}]; the model needs [{string.Join(", ", shape.ToArray())}].");
        }

        taken.Add(name);
        return tensor;
    }

    /// <summary>Whether a file's name says that PyTorch wrote it.</summary>
    internal static bool IsTorch(string path) => Path.GetExtension(path).ToLowerInvariant() is ".pth" or ".pt";

    private static Dictionary<string, string> ReadIndex(string index)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(index));
            var placed = json.RootElement.Need("weight_map").EnumerateObject()
                .ToDictionary(entry => entry.Name, entry => entry.Value.GetString() ?? string.Empty, StringComparer.Ordinal);
            if (placed.Values.FirstOrDefault(name => name.Length == 0 || Path.GetFileName(name) != name) is { } bad)
                throw new CheckpointException($"{index} names the file '{bad}', which is not a file beside it.");
            return placed;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or ArgumentException)
        {
            throw new CheckpointException($"{index} cannot be read: {error.Message}", error);
        }
    }

    private void CheckIndex(string index, Dictionary<string, string> placed)
    {
        foreach (var (name, file) in placed)
        {
            if (!tensors.TryGetValue(name, out var tensor) || Path.GetFileName(tensor.File.Path) != file)
                throw new CheckpointException($"{index} places {name} in {file}, but it is not there.");
        }

        if (tensors.Keys.FirstOrDefault(name => !placed.ContainsKey(name)) is { } surplus)
            throw new CheckpointException($"{surplus} is in {tensors[surplus].File.Path} but not in {index}.");
    }
}
