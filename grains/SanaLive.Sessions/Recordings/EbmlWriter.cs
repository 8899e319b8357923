using System.Buffers.Binary;

namespace SanaLive.Sessions.Recordings;

/// <summary>Elements of EBML (RFC 8794), the bytes that WebM is made of: an id, a length, the contents.</summary>
internal sealed class EbmlWriter
{
    private readonly MemoryStream _bytes = new();

    /// <summary>Bytes of an element's length as it is written here: always the longest form, so that sizes are known before contents.</summary>
    public const int LengthBytes = 8;

    public long Length => _bytes.Length;

    public byte[] ToArray() => _bytes.ToArray();

    public EbmlWriter Master(uint id, EbmlWriter contents) => Element(id, contents._bytes.GetBuffer().AsSpan(0, (int)contents.Length));

    public EbmlWriter Text(uint id, string text) => Element(id, System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>Eight bytes, whatever the value.</summary>
    public EbmlWriter Number(uint id, long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        return Element(id, bytes);
    }

    public EbmlWriter Number(uint id, double value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(double)];
        BinaryPrimitives.WriteDoubleBigEndian(bytes, value);
        return Element(id, bytes);
    }

    public EbmlWriter Element(uint id, ReadOnlySpan<byte> contents)
    {
        Begin(id, contents.Length);
        return Raw(contents);
    }

    public EbmlWriter Raw(ReadOnlySpan<byte> bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    /// <summary>The head of an element whose contents somebody else writes.</summary>
    public EbmlWriter Begin(uint id, long length)
    {
        Span<byte> head = stackalloc byte[sizeof(uint) + LengthBytes];
        BinaryPrimitives.WriteUInt32BigEndian(head, id);
        var leading = IdBytes(id);
        head.Slice(sizeof(uint) - leading, leading).CopyTo(head);
        BinaryPrimitives.WriteInt64BigEndian(head[leading..], length | (1L << 56));
        _bytes.Write(head[..(leading + LengthBytes)]);
        return this;
    }

    public static int IdBytes(uint id) => id switch { > 0xFFFFFF => 4, > 0xFFFF => 3, > 0xFF => 2, _ => 1 };
}
