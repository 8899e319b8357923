using System.Buffers.Binary;
using System.Text;

namespace SanaLive.Runtime.Checkpoints.Torch;

/// <summary>
/// The records of a zip archive whose members are stored as they are, as PyTorch writes them: where each lies in the file. Archives past
/// 4 GB included. What is compressed, encrypted, cut off or lies on top of something else is refused: nothing is ever unpacked.
/// </summary>
internal static class StoredZip
{
    private const uint EndOfDirectory = 0x06054b50;
    private const uint EndOfDirectory64 = 0x06064b50;
    private const uint Locator64 = 0x07064b50;
    private const uint DirectoryEntry = 0x02014b50;
    private const uint LocalEntry = 0x04034b50;
    private const int MaxEntries = 200_000;

    /// <summary>Every member by its name: first byte in the file, and length.</summary>
    /// <exception cref="CheckpointException">No such archive; the message says what is wrong with it.</exception>
    public static Dictionary<string, (long Start, long Length)> Read(MappedFile file)
    {
        var (at, size, count) = FindDirectory(file);
        if (count > MaxEntries || size > file.Length - at)
            throw Bad(file, $"its directory would have {count} entries in {size} bytes at byte {at}");
        var directory = file.Read<byte>(at, checked((int)Math.Min(size, int.MaxValue)));
        var records = new Dictionary<string, (long, long)>(StringComparer.Ordinal);
        var ranges = new List<(long Start, long End, string Name)>();
        for (var i = 0L; i < count; i++)
        {
            var entry = ReadEntry(file, directory, out var used);
            directory = directory[used..];
            var start = DataStart(file, entry);
            if (entry.Length > at - start)
                throw Bad(file, $"{entry.Name} would have {entry.Length} bytes from byte {start}, past the archive's directory at {at}");
            if (!records.TryAdd(entry.Name, (start, entry.Length)))
                throw Bad(file, $"{entry.Name} is in it twice");
            ranges.Add((entry.Header, start + entry.Length, entry.Name));
        }

        var before = (End: 0L, Name: "the beginning");
        foreach (var (start, end, name) in ranges.OrderBy(range => range.Start))
        {
            if (start < before.End)
                throw Bad(file, $"{name} overlaps {before.Name}");
            before = (end, name);
        }

        return records;
    }

    private static (long At, long Size, long Count) FindDirectory(MappedFile file)
    {
        // A comment of up to 64 KB may follow the last record.
        var tail = file.Read<byte>(Math.Max(0, file.Length - 65_557), (int)Math.Min(file.Length, 65_557));
        for (var i = tail.Length - 22; i >= 0; i--)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(tail[i..]) != EndOfDirectory)
                continue;
            var end = tail[i..];
            var (count, size, at) = ((long)Half(end, 10), (long)Word(end, 12), (long)Word(end, 16));
            var position = file.Length - tail.Length + i;
            if ((count == ushort.MaxValue || size == uint.MaxValue || at == uint.MaxValue) && position >= 20)
            {
                var locator = file.Read<byte>(position - 20, 20);
                if (Word(locator, 0) == Locator64)
                {
                    var large = file.Read<byte>(Long(file, locator, 8), 56);
                    if (Word(large, 0) != EndOfDirectory64)
                        throw Bad(file, "its large directory is not where it should be");
                    (count, size, at) = (Long(file, large, 32), Long(file, large, 40), Long(file, large, 48));
                }
            }

            if (at > file.Length)
                throw Bad(file, $"its directory would begin at byte {at} of {file.Length}");
            return (at, size, count);
        }

        throw new CheckpointException(
            $"{file.Path} is no whole zip archive, which PyTorch 1.6 and later write: it is cut off, of an older format, or no checkpoint.");
    }

    private static (string Name, long Header, long Length) ReadEntry(MappedFile file, ReadOnlySpan<byte> entry, out int used)
    {
        if (entry.Length < 46 || Word(entry, 0) != DirectoryEntry)
            throw Bad(file, "its directory is cut off");
        var (nameLength, extraLength, commentLength) = (Half(entry, 28), Half(entry, 30), Half(entry, 32));
        used = 46 + nameLength + extraLength + commentLength;
        if (entry.Length < used)
            throw Bad(file, "its directory is cut off");
        var name = Encoding.UTF8.GetString(entry.Slice(46, nameLength));
        if ((Half(entry, 8) & 1) != 0)
            throw Bad(file, $"{name} is encrypted");
        if (Half(entry, 10) != 0)
            throw Bad(file, $"{name} is compressed; PyTorch stores records as they are");
        long packed = Word(entry, 20), length = Word(entry, 24), header = Word(entry, 42);
        for (var extra = entry.Slice(46 + nameLength, extraLength); extra.Length >= 4;)
        {
            var (kind, size) = (Half(extra, 0), Half(extra, 2));
            if (extra.Length < 4 + size)
                throw Bad(file, $"{name} has an extra field that is cut off");
            if (kind == 1)
            {
                var field = extra.Slice(4, size);
                length = Large(file, length, ref field);
                packed = Large(file, packed, ref field);
                header = Large(file, header, ref field);
            }

            extra = extra[(4 + size)..];
        }

        if (packed != length)
            throw Bad(file, $"{name} would be {packed} bytes stored and {length} unpacked");
        return (name, header, length);
    }

    /// <summary>A size that did not fit its 32 bits is the next one of the extra field.</summary>
    private static long Large(MappedFile file, long value, ref ReadOnlySpan<byte> field)
    {
        if (value != uint.MaxValue)
            return value;
        if (field.Length < 8)
            throw Bad(file, "an extra field is cut off");
        value = Long(file, field, 0);
        field = field[8..];
        return value;
    }

    private static long DataStart(MappedFile file, (string Name, long Header, long Length) entry)
    {
        if (entry.Header > file.Length - 30)
            throw Bad(file, $"{entry.Name} would begin at byte {entry.Header} of {file.Length}");
        var local = file.Read<byte>(entry.Header, 30);
        if (Word(local, 0) != LocalEntry)
            throw Bad(file, $"{entry.Name} is not where the directory says");
        var nameLength = Half(local, 26);
        if (Encoding.UTF8.GetString(file.Read<byte>(entry.Header + 30, nameLength)) != entry.Name)
            throw Bad(file, $"{entry.Name} has another name where it lies");
        return entry.Header + 30 + nameLength + Half(local, 28);
    }

    private static ushort Half(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint Word(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static long Long(MappedFile file, ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]) is >= 0 and var value
        ? value
        : throw Bad(file, "an offset in it is negative");

    private static CheckpointException Bad(MappedFile file, string why) => new($"{file.Path} is no archive of PyTorch's: {why}.");
}
