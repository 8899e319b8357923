using System.Buffers.Binary;
using System.IO.Compression;
using SanaLive.Sessions.Tests.Encoding;

namespace SanaLive.Sessions.Tests.Pictures;

/// <summary>Writes PNG and JPEG files, good ones and bad ones.</summary>
internal static class PictureFiles
{
    /// <param name="pixels">[height, width, 3 or 4].</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="channels">3 or 4.</param>
    /// <param name="between">Chunks between header and pixels.</param>
    public static byte[] Png(ReadOnlySpan<byte> pixels, int width, int height, int channels = 3, params (string Type, byte[] Data)[] between)
    {
        var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            for (var row = 0; row < height; row++)
            {
                zlib.WriteByte(0);
                zlib.Write(pixels.Slice(row * width * channels, width * channels));
            }
        }

        return [0x89, .. "PNG\r\n\x1a\n"u8, .. Header(width, height, channels), .. between.SelectMany(c => Chunk(c.Type, c.Data)), .. Chunk("IDAT", packed.ToArray()), .. Chunk("IEND", [])];
    }

    /// <summary>A header that promises what does not follow.</summary>
    public static byte[] PngThatClaims(int width, int height) =>
        [0x89, .. "PNG\r\n\x1a\n"u8, .. Header(width, height, 3), .. Chunk("IDAT", [1, 2, 3]), .. Chunk("IEND", [])];

    /// <param name="rgb">[height, width, 3].</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    public static Task<byte[]> JpegAsync(byte[] rgb, int width, int height) => FfmpegProgram.RunAsync(
        rgb, "-v", "error", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", $"{width}x{height}", "-i", "pipe:0", "-pix_fmt", "yuvj444p", "-q:v", "1", "-f", "mjpeg", "pipe:1");

    /// <summary>The same JPEG with a camera's note on how it was held.</summary>
    public static byte[] Turned(byte[] jpeg, byte orientation, bool littleEndian = true)
    {
        byte[] tiff = littleEndian
            ? [.. "II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0]
            : [.. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0];
        byte[] segment = [.. "Exif\0\0"u8, .. tiff];
        return [.. jpeg[..2], 0xFF, 0xE1, (byte)((segment.Length + 2) >> 8), (byte)(segment.Length + 2), .. segment, .. jpeg[2..]];
    }

    /// <summary>Where the JPEG's frame header begins (its marker).</summary>
    public static int FrameHeader(byte[] jpeg)
    {
        var at = jpeg.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC0]);
        return at >= 0 ? at : throw new ArgumentException("No baseline JPEG.", nameof(jpeg));
    }

    /// <summary>Four quarters: red, green, blue, grey from the top left on.</summary>
    public static byte[] Quarters(int width, int height)
    {
        byte[][] colours = [[220, 30, 30], [30, 200, 40], [40, 50, 210], [128, 128, 128]];
        return Paint(width, height, (x, y) => colours[(y < height / 2 ? 0 : 2) + (x < width / 2 ? 0 : 1)]);
    }

    public static byte[] Paint(int width, int height, Func<int, int, byte[]> colour)
    {
        var rgb = new List<byte>(width * height * 3);
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++) rgb.AddRange(colour(x, y));
        }

        return [.. rgb];
    }

    private static byte[] Header(int width, int height, int channels)
    {
        var data = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(data, width);
        BinaryPrimitives.WriteInt32BigEndian(data.AsSpan(4), height);
        (data[8], data[9]) = (8, (byte)(channels == 3 ? 2 : 6));
        return Chunk("IHDR", data);
    }

    private static byte[] Chunk(string type, byte[] data)
    {
        byte[] body = [.. System.Text.Encoding.ASCII.GetBytes(type), .. data];
        var (length, sum) = (new byte[4], new byte[4]);
        BinaryPrimitives.WriteInt32BigEndian(length, data.Length);
        BinaryPrimitives.WriteUInt32BigEndian(sum, Crc(body));
        return [.. length, .. body, .. sum];
    }

    private static uint Crc(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }

        return ~crc;
    }
}
