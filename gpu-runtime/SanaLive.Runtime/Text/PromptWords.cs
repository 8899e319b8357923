using System.Text;
using System.Text.RegularExpressions;

namespace SanaLive.Runtime.Text;

/// <summary>Splits a prompt into words, and a word into buckets by the hashes of its letters, so that misspelt words land near the right ones.</summary>
internal static partial class PromptWords
{
    public static string[] Split(string text) =>
        [.. Word().Matches(text.ToLowerInvariant().Replace('\u2019', '\'')).Select(match => match.Value)];

    /// <summary>The whole word and every three bytes of it, between &lt; and &gt;, by FNV-1a.</summary>
    public static int[] Buckets(string word, int count)
    {
        var bytes = Encoding.UTF8.GetBytes($"<{word}>");
        var buckets = new List<int> { (int)(Hash(bytes) % (uint)count) };
        for (var i = 0; i + 3 <= bytes.Length; i++)
            buckets.Add((int)(Hash(bytes.AsSpan(i, 3)) % (uint)count));
        return [.. buckets];
    }

    internal static uint Hash(ReadOnlySpan<byte> bytes)
    {
        var hash = 2166136261u;
        foreach (var value in bytes)
            hash = (hash ^ value) * 16777619u;
        return hash;
    }

    [GeneratedRegex(@"[\p{L}\p{N}]+(?:'[\p{L}\p{N}]+)*", RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}
