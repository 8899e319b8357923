using System.Text.Json;

namespace SanaLive.Runtime.Checkpoints;

/// <summary>Reading configs so that an error names what is missing.</summary>
internal static class ConfigJson
{
    /// <exception cref="KeyNotFoundException">There is no such key.</exception>
    public static JsonElement Need(this JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) ? value : throw new KeyNotFoundException($"the key '{name}' is missing.");
}
