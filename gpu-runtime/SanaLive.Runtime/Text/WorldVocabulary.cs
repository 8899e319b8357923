using System.Text.Json;
using SanaLive.Runtime.Checkpoints;

namespace SanaLive.Runtime.Text;

/// <summary>The embedded world's own words: how a description is said, the default, and what to try.</summary>
internal sealed class WorldVocabulary
{
    private readonly string template;
    private readonly IReadOnlyList<(string Name, IReadOnlyList<string> Values)> attributes;
    private readonly string[][] canonical;

    private WorldVocabulary(JsonElement json, IReadOnlyList<(string Name, IReadOnlyList<string> Values)> attributes)
    {
        this.attributes = attributes;
        template = json.Need("template").GetString()!;
        canonical = [.. attributes.Select(attribute => attribute.Values
            .Select(value => json.Need("canonical_words").Need(attribute.Name).Need(value).GetString()!).ToArray())];
        DefaultPrompt = json.Need("default_prompt").GetString()!;
        Suggestions = [.. json.Need("suggestions").EnumerateArray().Select(suggestion => suggestion.GetString()!)];
    }

    public string DefaultPrompt { get; }

    public IReadOnlyList<string> Suggestions { get; }

    public static WorldVocabulary Read(string path, IReadOnlyList<(string Name, IReadOnlyList<string> Values)> attributes)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return new WorldVocabulary(document.RootElement, attributes);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or IOException)
        {
            throw new CheckpointException($"{path} cannot be read: {error.Message}", error);
        }
    }

    /// <summary>A value in the model's own words, for example <c>clear sky</c>.</summary>
    public string Word(int attribute, int value) => canonical[attribute][value];

    /// <summary>The whole description that these values make.</summary>
    public string Sentence(IReadOnlyList<int> values)
    {
        var sentence = template;
        for (var i = 0; i < attributes.Count; i++)
            sentence = sentence.Replace($"{{{attributes[i].Name}}}", Word(i, values[i]), StringComparison.Ordinal);
        return sentence;
    }
}
