namespace SanaLive.Runtime.Checkpoints.Torch;

/// <summary>
/// A <c>.pth</c> or <c>.pt</c> file of PyTorch 1.6 and later: a zip archive of storages, and a pickle that says which tensors are views of
/// them. The file is mapped; numbers are read where they lie.
/// </summary>
internal sealed class TorchFile : ITensorFile
{
    private const int MaxPickleBytes = 64 << 20;

    // Where training code keeps a model's weights, in the order in which its own loaders look.
    private static readonly string[] Wrappers = ["generator", "model", "state_dict", "state_dict_ema"];
    private readonly MappedFile file;

    private TorchFile(MappedFile file, string? wrapper, IReadOnlyDictionary<string, TensorEntry> tensors) =>
        (this.file, Wrapper, Tensors) = (file, wrapper, tensors);

    public string Path => file.Path;

    /// <summary>Under which key the weights were, for example <c>generator</c>; null when they were on top.</summary>
    public string? Wrapper { get; }

    public IReadOnlyDictionary<string, TensorEntry> Tensors { get; }

    /// <exception cref="CheckpointException">Missing, cut off, contradictory, or with anything but tensors in it; the message says what.</exception>
    public static TorchFile Open(string path)
    {
        var file = new MappedFile(path);
        try
        {
            var records = StoredZip.Read(file);
            var pickles = records.Keys.Where(name => name.EndsWith("/data.pkl", StringComparison.Ordinal)).ToArray();
            if (pickles.Length != 1)
                throw new CheckpointException($"{path} has {pickles.Length} records data.pkl; a checkpoint of PyTorch's has one.");
            var root = pickles[0][..^"data.pkl".Length];
            if (records.TryGetValue($"{root}byteorder", out var order) && !file.Read<byte>(order.Start, (int)Math.Min(order.Length, 6)).SequenceEqual("little"u8))
                throw new CheckpointException($"{path} was written on a machine of another byte order.");
            var (start, length) = records[pickles[0]];
            if (length > MaxPickleBytes)
                throw new CheckpointException($"{path} has a data.pkl of {length} bytes; {MaxPickleBytes} hold the names of every model.");
            if (PickleReader.Read(path, file.Read<byte>(start, (int)length)) is not PickleDictionary top)
                throw new CheckpointException($"{path} holds no dict of tensors.");

            var wrapper = Wrappers.FirstOrDefault(name => top.Items.GetValueOrDefault(name) is PickleDictionary);
            var weights = wrapper is null ? top : (PickleDictionary)top.Items[wrapper]!;
            var tensors = new Dictionary<string, TensorEntry>(StringComparer.Ordinal);
            foreach (var (key, value) in weights.Items)
            {
                if (key is string name && value is TorchTensor tensor)
                    tensors.Add(name, Entry(path, name, tensor, records, root));
            }

            if (tensors.Count == 0)
                throw new CheckpointException($"{path} holds no tensors{(wrapper is null ? string.Empty : $" under '{wrapper}'")}.");
            return new TorchFile(file, wrapper, tensors);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public float[] ReadFloats(TensorEntry entry) => TensorNumbers.Floats(file, 0, entry);

    public ReadOnlySpan<ushort> ReadBFloat16(TensorEntry entry) => TensorNumbers.BFloat16(file, 0, entry);

    public void Dispose() => file.Dispose();

    private static TensorEntry Entry(string path, string name, TorchTensor tensor, Dictionary<string, (long Start, long Length)> records, string root)
    {
        var storage = tensor.Storage;
        if (!records.TryGetValue($"{root}data/{storage.Key}", out var record))
            throw new CheckpointException($"{path} has no record {root}data/{storage.Key}, in which the numbers of {name} should be.");
        var size = TensorEntry.SizeOf(storage.Type);
        if (storage.Count > record.Length / size || storage.Count * size != record.Length)
            throw new CheckpointException($"{path} has {record.Length} bytes in {root}data/{storage.Key}; {name} needs {storage.Count} numbers of {size}.");
        var start = record.Start + (tensor.Offset * size);
        return new TensorEntry(name, storage.Type, tensor.Shape, start, start + (tensor.Span * size)) { Strides = tensor.IsContiguous ? null : tensor.Strides };
    }
}
