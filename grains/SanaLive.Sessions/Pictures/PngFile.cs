using System.Buffers.Binary;

namespace SanaLive.Sessions.Pictures;

/// <summary>
/// Reads a PNG's header and keeps the chunks that its pixels need. Others (texts, colour profiles, more frames) are packed, and may
/// unpack to anything: the decoder is not shown them.
/// </summary>
internal static class PngFile
{
    private const int HeaderBytes = 13;

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    public static bool Is(ReadOnlySpan<byte> file) => file.StartsWith(Signature);

    /// <exception cref="SessionException">Not a whole PNG.</exception>
    public static PictureFile Open(ReadOnlySpan<byte> file)
    {
        var (width, height, orientation, ended) = (0u, 0u, 1, false);
        var kept = new MemoryStream(file.Length);
        kept.Write(Signature);
        for (var at = Signature.Length; !ended;)
        {
            if (file.Length - at < 12) throw PictureFile.CutOff("PNG");
            var length = BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
            if (length > file.Length - at - 12) throw PictureFile.CutOff("PNG");
            var chunk = file.Slice(at, (int)length + 12);
            var type = chunk.Slice(4, 4);
            var data = chunk[8..^4];
            var isHeader = type.SequenceEqual("IHDR"u8);
            if (isHeader != (at == Signature.Length) || (isHeader && length != HeaderBytes)) throw PictureFile.CutOff("PNG");
            if (isHeader) (width, height) = (BinaryPrimitives.ReadUInt32BigEndian(data), BinaryPrimitives.ReadUInt32BigEndian(data[4..]));
            if (type.SequenceEqual("eXIf"u8)) orientation = Exif.Orientation(data);
            ended = type.SequenceEqual("IEND"u8);
            if (isHeader || ended || type.SequenceEqual("PLTE"u8) || type.SequenceEqual("tRNS"u8) || type.SequenceEqual("IDAT"u8)) kept.Write(chunk);
            at += chunk.Length;
        }

        return new PictureFile(PictureFormat.Png, Clamped(width), Clamped(height), orientation, kept.GetBuffer().AsMemory(0, (int)kept.Length));
    }

    private static int Clamped(uint size) => (int)Math.Min(size, int.MaxValue);
}
