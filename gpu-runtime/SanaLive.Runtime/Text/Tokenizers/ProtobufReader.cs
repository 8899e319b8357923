using System.Buffers.Binary;

namespace SanaLive.Runtime.Text.Tokenizers;

/// <summary>Walks the fields of one protocol-buffers message. Whatever does not fit into the bytes there are is refused.</summary>
/// <param name="bytes">The message.</param>
internal ref struct ProtobufReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> rest = bytes;
    private int wireType;

    /// <summary>Of the field that <see cref="Next"/> stands on.</summary>
    public int Field { get; private set; }

    /// <summary>Goes to the next field, whose value must be read or skipped then; false at the end.</summary>
    /// <exception cref="FormatException">The bytes are no message.</exception>
    public bool Next()
    {
        if (rest.IsEmpty)
            return false;
        var key = Varint();
        (Field, wireType) = (checked((int)(key >> 3)), (int)(key & 7));
        return Field > 0 ? true : throw new FormatException("a field has the number 0.");
    }

    public readonly bool Is(int field) => Field == field;

    public long Integer() => wireType == 0 ? unchecked((long)Varint()) : throw Wrong("a whole number");

    public bool Flag() => Integer() != 0;

    public float Single() => wireType == 5 ? BinaryPrimitives.ReadSingleLittleEndian(Take(4)) : throw Wrong("a float");

    /// <summary>A string, bytes or a message.</summary>
    public ReadOnlySpan<byte> Bytes() => wireType == 2 ? Take(Varint()) : throw Wrong("bytes");

    public void Skip()
    {
        switch (wireType)
        {
            case 0: Varint(); break;
            case 1: Take(8); break;
            case 2: Take(Varint()); break;
            case 5: Take(4); break;
            default: throw new FormatException($"field {Field} has the wire type {wireType}, which nobody writes.");
        }
    }

    private readonly FormatException Wrong(string wanted) => new($"field {Field} is not {wanted}.");

    private ReadOnlySpan<byte> Take(ulong length)
    {
        if (length > (ulong)rest.Length)
            throw new FormatException($"field {Field} needs {length} bytes where {rest.Length} are left.");
        var taken = rest[..(int)length];
        rest = rest[(int)length..];
        return taken;
    }

    private ulong Varint()
    {
        var value = 0UL;
        for (var i = 0; i < 10; i++)
        {
            if (i >= rest.Length)
                throw new FormatException("it ends inside of a number.");
            value |= (ulong)(rest[i] & 0x7f) << (7 * i);
            if (rest[i] >= 0x80)
                continue;
            rest = rest[(i + 1)..];
            return value;
        }

        throw new FormatException("a number has more than ten bytes.");
    }
}
