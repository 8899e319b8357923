using System.Text;

namespace SanaLive.Runtime.Tests.Text.Tokenizers;

/// <summary>Writes small SentencePiece models, good ones and bad ones, field by field.</summary>
internal sealed class ModelFile
{
    public List<(string Text, float Score, int Kind)> Pieces { get; } = [("<unk>", 0, 2), ("<bos>", 0, 3), ("a", -1, 1), ("b", -2, 1), ("ab", -3, 1), ("▁", -4, 1)];

    public int Type { get; init; } = 2;

    public int Beginning { get; init; } = 1;

    public bool FallsBack { get; init; }

    public bool Suffix { get; init; }

    public bool Prefix { get; init; }

    public bool Squeezed { get; init; }

    public bool Escaped { get; init; } = true;

    public byte[] Map { get; init; } = [];

    public byte[] Write()
    {
        var bytes = new List<byte>();
        foreach (var (text, score, kind) in Pieces)
            Message(bytes, 1, [.. Field(1, Encoding.UTF8.GetBytes(text)), 2 << 3 | 5, .. BitConverter.GetBytes(score), .. Field(3, kind)]);
        Message(bytes, 2, [.. Field(3, Type), .. Field(24, Suffix ? 1 : 0), .. Field(35, FallsBack ? 1 : 0), .. Field(41, Beginning)]);
        Message(bytes, 3, [.. Field(2, Map), .. Field(3, Prefix ? 1 : 0), .. Field(4, Squeezed ? 1 : 0), .. Field(5, Escaped ? 1 : 0)]);
        return [.. bytes];
    }

    private static void Message(List<byte> bytes, int field, byte[] body) => bytes.AddRange(Field(field, body));

    private static byte[] Field(int field, byte[] value) => [.. Varint((ulong)field << 3 | 2), .. Varint((ulong)value.Length), .. value];

    private static byte[] Field(int field, int value) => [.. Varint((ulong)field << 3), .. Varint((ulong)(long)value)];

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        return [.. bytes, (byte)value];
    }
}
