using System.Buffers.Binary;

namespace SanaLive.Sessions.Pictures;

/// <summary>
/// Reads a JPEG's header: its size, its kind, and how it must be turned. Keeps what its pixels need; the notes of cameras and programs, which are
/// of any length and shape, are not for the decoder.
/// </summary>
internal static class JpegFile
{
    private const byte StartOfImage = 0xD8;
    private const byte EndOfImage = 0xD9;
    private const byte StartOfScan = 0xDA;
    private const byte App1 = 0xE1;
    private const byte App14 = 0xEE;
    private const byte Comment = 0xFE;

    private static ReadOnlySpan<byte> ExifName => "Exif\0\0"u8;

    public static bool Is(ReadOnlySpan<byte> file) => file.StartsWith((ReadOnlySpan<byte>)[0xFF, StartOfImage, 0xFF]);

    /// <exception cref="SessionException">Not a whole JPEG, or of a kind that cannot be shown.</exception>
    public static PictureFile Open(ReadOnlyMemory<byte> memory)
    {
        var file = memory.Span;
        var (width, height, orientation) = (-1, -1, 1);
        var kept = new MemoryStream(file.Length);
        kept.Write(file[..2]);
        for (var at = 2; ;)
        {
            if (file.Length - at < 4 || file[at] != 0xFF) throw PictureFile.CutOff("JPEG");
            var marker = file[at + 1];
            if (marker == 0xFF)
            {
                // Fill.
                at++;
                continue;
            }

            int length = BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
            if (length < 2 || length > file.Length - at - 2) throw PictureFile.CutOff("JPEG");
            var data = file.Slice(at + 4, length - 2);
            if (marker == StartOfScan)
            {
                // Without its end mark a file was cut off: a decoder would fill the rest with grey.
                if (width < 0 || file[at..].LastIndexOf((ReadOnlySpan<byte>)[0xFF, EndOfImage]) < 0) throw PictureFile.CutOff("JPEG");
                kept.Write(file[at..]);
                return new PictureFile(PictureFormat.Jpeg, width, height, orientation, kept.GetBuffer().AsMemory(0, (int)kept.Length));
            }

            if (IsFrame(marker)) (height, width) = Frame(marker, data);
            if (marker == App1 && data.StartsWith(ExifName)) orientation = Exif.Orientation(data[ExifName.Length..]);
            if (!IsNote(marker)) kept.Write(file.Slice(at, 2 + length));
            at += 2 + length;
        }
    }

    /// <summary>Adobe's note stays: it says what the colours mean.</summary>
    private static bool IsNote(byte marker) => marker is (>= 0xE0 and <= 0xEF and not App14) or Comment;

    /// <summary>SOF0 to SOF15; DHT, JPG and DAC lie among them.</summary>
    private static bool IsFrame(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);

    private static (int Height, int Width) Frame(byte marker, ReadOnlySpan<byte> data)
    {
        if (data.Length < 6) throw PictureFile.CutOff("JPEG");
        var (bits, colours) = (data[0], data[5]);
        if (marker > 0xC2 || bits != 8)
            throw PictureFile.Invalid("This JPEG is of a kind that browsers do not show either (lossless, arithmetic or 12 bit). Save it as an ordinary JPEG or as PNG.");
        if (colours is not (1 or 3))
            throw PictureFile.Invalid($"This JPEG has {colours} colour channels (CMYK, for printing?). Save it as RGB.");
        return (BinaryPrimitives.ReadUInt16BigEndian(data[1..]), BinaryPrimitives.ReadUInt16BigEndian(data[3..]));
    }
}
