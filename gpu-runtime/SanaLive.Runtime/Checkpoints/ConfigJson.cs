using System.Text.Json;

namespace SanaLive.Runtime.Checkpoints;

/// <summary>Reading configs so that an error names what is missing.</summary>
internal static class ConfigJson
{
    private static readonly byte[][] Literals = ["-Infinity"u8.ToArray(), "Infinity"u8.ToArray(), "NaN"u8.ToArray()];

    /// <exception cref="KeyNotFoundException">There is no such key.</exception>
    public static JsonElement Need(this JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) ? value : throw new KeyNotFoundException($"the key '{name}' is missing.");

    /// <summary>
    /// Parses what Python wrote: its <c>-Infinity</c>, <c>Infinity</c> and <c>NaN</c>, which are no JSON and stand in every published
    /// <c>scheduler_config.json</c>, become strings.
    /// </summary>
    public static JsonDocument Parse(ReadOnlySpan<byte> bytes)
    {
        var (clean, inString) = (new List<byte>(bytes.Length + 16), false);
        for (var i = 0; i < bytes.Length; i++)
        {
            if (!inString && Literal(bytes[i..]) is { } found)
            {
                clean.AddRange([(byte)'"', .. found, (byte)'"']);
                i += found.Length - 1;
                continue;
            }

            if (bytes[i] == '"')
                inString = !inString;
            else if (bytes[i] == '\\' && inString && i + 1 < bytes.Length)
                clean.Add(bytes[i++]);
            clean.Add(bytes[i]);
        }

        return JsonDocument.Parse(clean.ToArray());
    }

    private static byte[]? Literal(ReadOnlySpan<byte> rest)
    {
        foreach (var literal in Literals)
        {
            if (rest.StartsWith(literal))
                return literal;
        }

        return null;
    }
}
