using System.Buffers.Binary;

namespace SanaLive.Sessions.Bookmarks;

/// <summary>A VP8 keyframe is a lossy WebP picture: all that a file needs around it is a RIFF header (RFC 9649). Nothing is encoded again.</summary>
internal static class WebpPicture
{
    private const int HeaderBytes = 20;

    public static byte[] Of(ReadOnlySpan<byte> keyframe)
    {
        // Chunks begin at even addresses.
        var file = new byte[HeaderBytes + keyframe.Length + keyframe.Length % 2];
        "RIFF"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(4), file.Length - 8);
        "WEBPVP8 "u8.CopyTo(file.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(16), keyframe.Length);
        keyframe.CopyTo(file.AsSpan(HeaderBytes));
        return file;
    }
}
