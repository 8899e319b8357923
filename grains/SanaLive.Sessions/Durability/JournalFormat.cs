using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SanaLive.Sessions.Durability;

/// <summary>
/// A journal as bytes: a header with session and epoch, then records, each with its length, its number and a hash that is chained to the
/// one before. A file is always a whole number of <see cref="Chunk"/>s and ends in zeros, so that also a file that was cut between two
/// records is seen to be one.
/// </summary>
/// <remarks><code>
/// header   "SANAJRNL" | version i32 | epoch i64 | id length i32 | id utf-8 | hash 16
/// record   length i32 (above 0) | sequence i64 | hash 16 | JSON utf-8 of that length
/// hash     first half of SHA-256(previous hash | sequence | JSON); the header's is of all before it
/// </code></remarks>
internal static class JournalFormat
{
    public const int Version = 1;
    public const int HashBytes = 16;
    public const int RecordHeader = sizeof(int) + sizeof(long) + HashBytes;

    /// <summary>A journal's file grows by so many bytes at a time; at least one zero length always follows the last record.</summary>
    public const int Chunk = 1 << 16;

    private static ReadOnlySpan<byte> Magic => "SANAJRNL"u8;

    public static byte[] Header(string session, long epoch)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, System.Text.Encoding.UTF8, leaveOpen: true);
        writer.Write(Magic);
        writer.Write(Version);
        writer.Write(epoch);
        var id = System.Text.Encoding.UTF8.GetBytes(session);
        writer.Write(id.Length);
        writer.Write(id);
        writer.Write(SHA256.HashData(bytes.ToArray()).AsSpan(0, HashBytes));
        return bytes.ToArray();
    }

    /// <summary>The hash that the first record is chained to.</summary>
    public static byte[] HashOf(ReadOnlySpan<byte> header) => header[^HashBytes..].ToArray();

    /// <summary>One record's bytes; <paramref name="chain"/> becomes its hash.</summary>
    public static byte[] Record(JournalRecord record, byte[] chain)
    {
        var json = DurableJson.Write(record.Entry);
        var bytes = new byte[RecordHeader + json.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, json.Length);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(sizeof(int)), record.Sequence);
        json.CopyTo(bytes.AsSpan(RecordHeader));
        Hash(chain, record.Sequence, json, chain);
        chain.CopyTo(bytes.AsSpan(sizeof(int) + sizeof(long)));
        return bytes;
    }

    /// <summary>Reads as far as can be trusted.</summary>
    /// <exception cref="StoreException">Not even the header can be: nothing is known of the session.</exception>
    public static JournalContents Read(ReadOnlySpan<byte> file, string session, long epoch)
    {
        var header = Header(session, epoch);
        if (!file.StartsWith(header)) throw new StoreException($"The journal's header is damaged, or of another session, epoch or version ({file.Length} bytes).");
        var records = new List<JournalRecord>();
        var chain = HashOf(header);
        var computed = new byte[HashBytes];
        var at = header.Length;
        while (true)
        {
            var rest = file[at..];
            if (rest.Length < sizeof(int)) return Ended("it is cut off");
            var length = BinaryPrimitives.ReadInt32LittleEndian(rest);
            if (length == 0)
            {
                if (rest.ContainsAnyExcept((byte)0)) return Ended("a record is damaged, or was being written");
                return file.Length % Chunk == 0 ? new JournalContents(records) : Ended("it is cut off");
            }

            if (length < 0 || rest.Length - RecordHeader < length) return Ended("a record is damaged, or the file is cut off");
            var sequence = BinaryPrimitives.ReadInt64LittleEndian(rest[sizeof(int)..]);
            var json = rest.Slice(RecordHeader, length);
            Hash(chain, sequence, json, computed);
            if (!rest.Slice(sizeof(int) + sizeof(long), HashBytes).SequenceEqual(computed)) return Ended("a record is damaged, missing or out of its place");
            if (records.Count > 0 && sequence != records[^1].Sequence + 1) return Ended("a record is missing");
            records.Add(new JournalRecord(sequence, DurableJson.Read<JournalEntry>(json, "journal's record")));
            (chain, computed) = (computed, chain);
            at += RecordHeader + length;
        }

        JournalContents Ended(string why) => new(records, $"The journal can be read up to byte {at} ({records.Count} records): after that {why}.");
    }

    private static void Hash(ReadOnlySpan<byte> chain, long sequence, ReadOnlySpan<byte> json, Span<byte> hash)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> number = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(number, sequence);
        sha.AppendData(chain);
        sha.AppendData(number);
        sha.AppendData(json);
        Span<byte> whole = stackalloc byte[32];
        sha.GetHashAndReset(whole);
        whole[..HashBytes].CopyTo(hash);
    }
}
