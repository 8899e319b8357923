using System.Buffers.Binary;
using System.Security.Cryptography;

namespace SanaLive.Sessions.Durability;

/// <summary>
/// A snapshot as bytes: magic, version, the lengths of what follows, the session's facts as JSON, the stream's bytes as its engine gave them,
/// and a SHA-256 of all before it.
/// </summary>
public static class SnapshotFile
{
    public const int Version = 1;
    private const int HeaderBytes = 8 + sizeof(int) + sizeof(int) + sizeof(long);
    private const int HashBytes = 32;

    private static ReadOnlySpan<byte> Magic => "SANASNAP"u8;

    /// <returns>The bytes, and the hash that ends them, in hexadecimal.</returns>
    public static (byte[] Bytes, string Hash) Write(Snapshot snapshot)
    {
        var json = DurableJson.Write(snapshot with { Stream = snapshot.Stream with { Bytes = default } });
        var stream = snapshot.Stream.Bytes;
        var bytes = GC.AllocateUninitializedArray<byte>(HeaderBytes + json.Length + stream.Length + HashBytes);
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), Version);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), json.Length);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), stream.Length);
        json.CopyTo(bytes, HeaderBytes);
        stream.Span.CopyTo(bytes.AsSpan(HeaderBytes + json.Length));
        var hash = bytes.AsSpan(bytes.Length - HashBytes);
        SHA256.HashData(bytes.AsSpan(0, bytes.Length - HashBytes), hash);
        return (bytes, Convert.ToHexStringLower(hash));
    }

    /// <param name="bytes">All of them; the snapshot keeps them.</param>
    /// <param name="name">What it must be; null when that is not known.</param>
    /// <exception cref="StoreException">Damaged, cut short, of another version, or another snapshot than the name says.</exception>
    public static Snapshot Read(ReadOnlyMemory<byte> bytes, SnapshotName? name = null)
    {
        var span = bytes.Span;
        if (span.Length < HeaderBytes + HashBytes || !span.StartsWith(Magic)) throw new StoreException($"These {span.Length} bytes are no snapshot.");
        var version = BinaryPrimitives.ReadInt32LittleEndian(span[8..]);
        if (version != Version) throw new StoreException($"The snapshot has version {version}; this program reads version {Version}.");
        var (json, stream) = (BinaryPrimitives.ReadInt32LittleEndian(span[12..]), BinaryPrimitives.ReadInt64LittleEndian(span[16..]));
        if (json < 0 || stream < 0 || HeaderBytes + (long)json + stream + HashBytes != span.Length)
            throw new StoreException($"The snapshot is cut short or damaged: it has {span.Length} bytes.");
        Span<byte> hash = stackalloc byte[HashBytes];
        SHA256.HashData(span[..^HashBytes], hash);
        if (!hash.SequenceEqual(span[^HashBytes..])) throw new StoreException("The snapshot is damaged: its checksum does not fit.");
        if (name is not null && Convert.ToHexStringLower(hash) != name.Hash) throw new StoreException("This is another snapshot than the one that the journal names.");
        var snapshot = DurableJson.Read<Snapshot>(span.Slice(HeaderBytes, json), "snapshot's description");
        return snapshot with { Stream = snapshot.Stream with { Bytes = bytes.Slice(HeaderBytes + json, (int)stream) } };
    }
}
