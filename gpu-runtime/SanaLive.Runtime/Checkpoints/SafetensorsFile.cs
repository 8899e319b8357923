using System.IO.MemoryMappedFiles;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace SanaLive.Runtime.Checkpoints;

/// <summary>
/// One memory-mapped safetensors file: eight bytes of header length, a JSON header, then the numbers without a gap.
/// Everything the header says is checked before the first number is read.
/// </summary>
public sealed class SafetensorsFile : IDisposable
{
    private const long MaxHeaderBytes = 100_000_000;
    private readonly MemoryMappedFile file;
    private readonly MemoryMappedViewAccessor view;
    private readonly long dataStart;

    private SafetensorsFile(string path, MemoryMappedFile file, MemoryMappedViewAccessor view, long dataStart, IReadOnlyDictionary<string, TensorEntry> tensors)
    {
        Path = path;
        this.file = file;
        this.view = view;
        this.dataStart = dataStart;
        Tensors = tensors;
    }

    public string Path { get; }

    public IReadOnlyDictionary<string, TensorEntry> Tensors { get; }

    /// <exception cref="CheckpointException">Missing, truncated or contradictory; the message says what and where.</exception>
    public static SafetensorsFile Open(string path)
    {
        if (!File.Exists(path))
            throw new CheckpointException($"There is no checkpoint file {path}.");
        var length = new FileInfo(path).Length;
        if (length < 8)
            throw new CheckpointException($"{path} has {length} bytes and cannot be a safetensors file.");
        var file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        var view = file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        try
        {
            var headerBytes = view.ReadInt64(0);
            if (headerBytes is < 2 or > MaxHeaderBytes || headerBytes > length - 8)
                throw new CheckpointException($"{path} is truncated or no safetensors file: its header would have {headerBytes} bytes of {length}.");
            var header = new byte[headerBytes];
            view.ReadArray(8, header, 0, header.Length);
            return new SafetensorsFile(path, file, view, 8 + headerBytes, ReadHeader(path, header, length - 8 - headerBytes));
        }
        catch
        {
            view.Dispose();
            file.Dispose();
            throw;
        }
    }

    /// <summary>All numbers of a tensor as floats.</summary>
    public float[] ReadFloats(TensorEntry entry) => entry.Type switch
    {
        TensorType.F32 => ReadArray<float>(entry),
        TensorType.F64 => Array.ConvertAll(ReadArray<double>(entry), value => (float)value),
        TensorType.F16 => Widen(ReadArray<Half>(entry)),
        TensorType.BF16 => Array.ConvertAll(ReadArray<ushort>(entry), bits => BitConverter.UInt32BitsToSingle((uint)bits << 16)),
        _ => throw new CheckpointException($"{entry.Name} in {Path} is {entry.Type}, not a tensor of weights."),
    };

    /// <summary>All numbers of an F64 tensor.</summary>
    public double[] ReadDoubles(TensorEntry entry) => ReadAs<double>(entry, TensorType.F64);

    /// <summary>All numbers of an I64 tensor.</summary>
    public long[] ReadIntegers(TensorEntry entry) => ReadAs<long>(entry, TensorType.I64);

    public void Dispose()
    {
        view.Dispose();
        file.Dispose();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float[] Widen(Half[] values)
    {
        var result = new float[values.Length];
        for (var i = 0; i < values.Length; i++)
            result[i] = (float)values[i];
        return result;
    }

    private T[] ReadAs<T>(TensorEntry entry, TensorType type)
        where T : unmanaged => entry.Type == type
            ? ReadArray<T>(entry)
            : throw new CheckpointException($"{entry.Name} in {Path} is {entry.Type}, not {type}.");

    private T[] ReadArray<T>(TensorEntry entry)
        where T : unmanaged
    {
        var values = new T[entry.Count];
        view.ReadArray(dataStart + entry.Start, values, 0, values.Length);
        return values;
    }

    private static Dictionary<string, TensorEntry> ReadHeader(string path, byte[] header, long dataBytes)
    {
        var tensors = new Dictionary<string, TensorEntry>(StringComparer.Ordinal);
        try
        {
            using var json = JsonDocument.Parse(header);
            foreach (var property in json.RootElement.EnumerateObject())
            {
                if (property.Name == "__metadata__")
                    continue;
                if (!tensors.TryAdd(property.Name, ReadEntry(path, property.Name, property.Value)))
                    throw new CheckpointException($"{path} names the tensor {property.Name} twice.");
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new CheckpointException($"The header of {path} cannot be read: {error.Message}", error);
        }

        var end = 0L;
        var before = "the header";
        foreach (var entry in tensors.Values.OrderBy(entry => entry.Start).ThenBy(entry => entry.End))
        {
            if (entry.Start < end)
                throw new CheckpointException($"{entry.Name} in {path} overlaps {before}: it starts at byte {entry.Start}, the other ends at {end}.");
            if (entry.Start > end)
                throw new CheckpointException($"{path} has {entry.Start - end} bytes between {before} and {entry.Name} that belong to no tensor.");
            if (entry.End > dataBytes)
                throw new CheckpointException($"{path} is truncated: {entry.Name} ends at byte {entry.End} of {dataBytes}.");
            (end, before) = (entry.End, entry.Name);
        }

        if (end != dataBytes)
            throw new CheckpointException($"{path} has {dataBytes - end} bytes after {before} that belong to no tensor.");
        return tensors;
    }

    private static TensorEntry ReadEntry(string path, string name, JsonElement value)
    {
        var typeName = value.Need("dtype").GetString();
        if (!Enum.TryParse<TensorType>(typeName, out var type) || !Enum.IsDefined(type))
            throw new CheckpointException($"{name} in {path} has the number format {typeName}, which is not read.");
        var shape = value.Need("shape").EnumerateArray().Select(size => size.GetInt32()).ToArray();
        var offsets = value.Need("data_offsets").EnumerateArray().Select(offset => offset.GetInt64()).ToArray();
        if (offsets.Length != 2 || offsets[0] < 0 || offsets[1] < offsets[0])
            throw new CheckpointException($"{name} in {path} has impossible offsets [{string.Join(", ", offsets)}].");
        if (shape.Any(size => size < 0))
            throw new CheckpointException($"{name} in {path} has the impossible shape [{string.Join(", ", shape)}].");
        var count = shape.Aggregate(BigInteger.One, (product, size) => product * size);
        var bytes = count * Size(type);
        if (count > int.MaxValue || bytes != offsets[1] - offsets[0])
        {
            throw new CheckpointException(
                $"{name} in {path} is {type} [{string.Join(", ", shape)}], {bytes} bytes, but its offsets hold {offsets[1] - offsets[0]}.");
        }

        return new TensorEntry(name, type, shape, offsets[0], offsets[1]);
    }

    private static int Size(TensorType type) => type switch
    {
        TensorType.F64 or TensorType.I64 => 8,
        TensorType.F32 => 4,
        _ => 2,
    };
}
