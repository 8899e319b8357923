using System.Numerics;
using System.Text.Json;

namespace SanaLive.Runtime.Checkpoints;

/// <summary>
/// One memory-mapped safetensors file: eight bytes of header length, a JSON header, then the numbers without a gap.
/// Everything the header says is checked before the first number is read.
/// </summary>
public sealed class SafetensorsFile : ITensorFile
{
    private const long MaxHeaderBytes = 100_000_000;
    private readonly MappedFile file;
    private readonly long dataStart;

    private SafetensorsFile(MappedFile file, long dataStart, IReadOnlyDictionary<string, TensorEntry> tensors)
    {
        this.file = file;
        this.dataStart = dataStart;
        Tensors = tensors;
    }

    public string Path => file.Path;

    public IReadOnlyDictionary<string, TensorEntry> Tensors { get; }

    /// <exception cref="CheckpointException">Missing, truncated or contradictory; the message says what and where.</exception>
    public static SafetensorsFile Open(string path)
    {
        var file = new MappedFile(path);
        try
        {
            if (file.Length < 8)
                throw new CheckpointException($"{path} has {file.Length} bytes and cannot be a safetensors file.");
            var headerBytes = file.Read<long>(0, 1)[0];
            if (headerBytes is < 2 or > MaxHeaderBytes || headerBytes > file.Length - 8)
                throw new CheckpointException($"{path} is truncated or no safetensors file: its header would have {headerBytes} bytes of {file.Length}.");
            var header = file.Read<byte>(8, (int)headerBytes).ToArray();
            return new SafetensorsFile(file, 8 + headerBytes, ReadHeader(path, header, file.Length - 8 - headerBytes));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>All numbers of a tensor as floats.</summary>
    public float[] ReadFloats(TensorEntry entry) => TensorNumbers.Floats(file, dataStart, entry);

    /// <inheritdoc/>
    public ReadOnlySpan<ushort> ReadBFloat16(TensorEntry entry) => TensorNumbers.BFloat16(file, dataStart, entry);

    /// <summary>Some numbers of a tensor as floats, from the one numbered <paramref name="first"/> on.</summary>
    public void ReadFloats(TensorEntry entry, long first, Span<float> values)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first + values.Length, entry.Count);
        var start = entry.Start + (first * TensorEntry.SizeOf(entry.Type));
        ReadFloats(entry with { Shape = [values.Length], Start = start, End = start + ((long)values.Length * TensorEntry.SizeOf(entry.Type)) }).CopyTo(values);
    }

    /// <summary>All numbers of an F64 tensor.</summary>
    public double[] ReadDoubles(TensorEntry entry) => ReadAs<double>(entry, TensorType.F64);

    /// <summary>All numbers of an I64 tensor.</summary>
    public long[] ReadIntegers(TensorEntry entry) => ReadAs<long>(entry, TensorType.I64);

    public void Dispose() => file.Dispose();

    private T[] ReadAs<T>(TensorEntry entry, TensorType type)
        where T : unmanaged => entry.Type == type
            ? file.Read<T>(dataStart + entry.Start, entry.Count).ToArray()
            : throw new CheckpointException($"{entry.Name} in {Path} is {entry.Type}, not {type}.");

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
        var bytes = count * TensorEntry.SizeOf(type);
        if (count > int.MaxValue || bytes != offsets[1] - offsets[0])
        {
            throw new CheckpointException(
                $"{name} in {path} is {type} [{string.Join(", ", shape)}], {bytes} bytes, but its offsets hold {offsets[1] - offsets[0]}.");
        }

        return new TensorEntry(name, type, shape, offsets[0], offsets[1]);
    }
}
