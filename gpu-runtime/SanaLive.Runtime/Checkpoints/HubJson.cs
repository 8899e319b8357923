using System.Text.Json;

namespace SanaLive.Runtime.Checkpoints;

/// <summary>
/// Reads the JSON of published folders. Python writes <c>-Infinity</c> and <c>Infinity</c> as bare words (every published
/// <c>scheduler_config.json</c> has one), for which JSON has no number: they are read as null, and <c>NaN</c> as an empty text.
/// </summary>
public static class HubJson
{
    /// <summary>The whole document, to be disposed by the caller.</summary>
    /// <exception cref="CheckpointException">Missing, or not JSON.</exception>
    public static JsonDocument Read(string path)
    {
        try
        {
            return JsonDocument.Parse(WithoutBareWords(File.ReadAllBytes(path)));
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"{path} cannot be read: {error.Message}", error);
        }
    }

    private static byte[] WithoutBareWords(byte[] text)
    {
        var inString = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (inString && text[i] == '\\')
                i++;
            else if (text[i] == '"')
                inString = !inString;
            else if (!inString && BareWord(text.AsSpan(i)) is > 0 and var length)
            {
                var word = text.AsSpan(i, length);
                // In place: four letters instead of eight or nine; for NaN's three there is room for a text without letters.
                ReadOnlySpan<byte> instead = length > 3 ? "null"u8 : "\"\""u8;
                instead.CopyTo(word);
                word[instead.Length..].Fill((byte)' ');
                i += length - 1;
            }
        }

        return text;
    }

    private static int BareWord(ReadOnlySpan<byte> text) =>
        text.StartsWith("-Infinity"u8) ? 9 : text.StartsWith("Infinity"u8) ? 8 : text.StartsWith("NaN"u8) ? 3 : 0;
}
