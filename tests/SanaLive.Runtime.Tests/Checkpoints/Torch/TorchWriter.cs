using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;

namespace SanaLive.Runtime.Tests.Checkpoints.Torch;

/// <summary>Writes <c>.pth</c> files as PyTorch does, and such as it never would.</summary>
internal static class TorchWriter
{
    /// <summary>Float tensors under their names, below <paramref name="wrapper"/> if there is one.</summary>
    public static void Write(string path, IReadOnlyDictionary<string, (int[] Shape, float[] Values)> tensors, string? wrapper = null)
    {
        var pickle = new PickleWriter().Raw("\u0080\u0002}");
        if (wrapper is not null)
            pickle.Text(wrapper).Raw("}");
        var key = 0;
        foreach (var (name, (shape, _)) in tensors)
            pickle.Text(name).Tensor("FloatStorage", key++.ToString(), shape.Aggregate(1, (a, b) => a * b), 0, shape, Strides(shape)).Raw("s");
        if (wrapper is not null)
            pickle.Raw("s");
        Write(path, pickle.Raw("."), [.. tensors.Values.Select(tensor => MemoryMarshal.AsBytes(tensor.Values.AsSpan()).ToArray())]);
    }

    public static void Write(string path, PickleWriter pickle, params byte[][] storages) =>
        WriteZip(path, [("a/data.pkl", pickle.ToArray()), .. storages.Select((bytes, key) => ($"a/data/{key}", bytes))]);

    public static void WriteZip(string path, IEnumerable<(string Name, byte[] Bytes)> records, CompressionLevel level = CompressionLevel.NoCompression)
    {
        using var zip = new ZipArchive(File.Create(path), ZipArchiveMode.Create);
        foreach (var (name, bytes) in records)
        {
            using var record = zip.CreateEntry(name, level).Open();
            record.Write(bytes);
        }
    }

    private static long[] Strides(int[] shape) => [.. shape.Select((_, axis) => shape.Skip(axis + 1).Aggregate(1L, (a, b) => a * b))];

    /// <summary>A pickle, instruction by instruction.</summary>
    public sealed class PickleWriter
    {
        private readonly List<byte> bytes = [];

        /// <summary>One byte for every character.</summary>
        public PickleWriter Raw(string text)
        {
            bytes.AddRange(Encoding.Latin1.GetBytes(text));
            return this;
        }

        public PickleWriter Text(string text)
        {
            var utf8 = Encoding.UTF8.GetBytes(text);
            bytes.AddRange([(byte)'X', .. BitConverter.GetBytes(utf8.Length), .. utf8]);
            return this;
        }

        public PickleWriter Number(long value)
        {
            bytes.AddRange([0x8a, 8, .. BitConverter.GetBytes(value)]);
            return this;
        }

        public PickleWriter Numbers(IEnumerable<long> values)
        {
            Raw("(");
            foreach (var value in values)
                Number(value);
            return Raw("t");
        }

        public PickleWriter Tensor(string storage, string key, long count, long offset, IEnumerable<int> shape, IEnumerable<long> strides) =>
            Raw("ctorch._utils\n_rebuild_tensor_v2\n((").Text("storage").Raw($"ctorch\n{storage}\n").Text(key).Text("cpu").Number(count).Raw("tQ")
                .Number(offset).Numbers(shape.Select(size => (long)size)).Numbers(strides).Raw("\u0089ccollections\nOrderedDict\n)RtR");

        public byte[] ToArray() => [.. bytes];
    }
}
