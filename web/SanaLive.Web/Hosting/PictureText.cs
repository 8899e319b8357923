using System.Buffers;
using System.Buffers.Text;

namespace SanaLive.Web.Hosting;

/// <summary>A picture's file in a text: base64, alone or in a <c>data:</c> URL.</summary>
internal static class PictureText
{
    /// <summary>The file. A text that holds none is given back as it is: no text is a picture, and who opens the picture says so in a sentence.</summary>
    public static byte[] Decode(ReadOnlySpan<byte> utf8)
    {
        var base64 = utf8;
        if (utf8.StartsWith("data:"u8))
        {
            var comma = utf8.IndexOf((byte)',');
            if (comma < 0 || !utf8[..comma].EndsWith(";base64"u8)) return utf8.ToArray();
            base64 = utf8[(comma + 1)..];
        }

        var file = new byte[Base64.GetMaxDecodedFromUtf8Length(base64.Length)];
        return Base64.DecodeFromUtf8(base64, file, out _, out var written) == OperationStatus.Done ? file[..written] : utf8.ToArray();
    }
}
