using System.Text.Json;
using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Engine;

namespace SanaLive.Runtime.Text;

/// <summary>The embedded world's own words: its attributes, which of them are numbers too, how a description is said, the default, and what to try.</summary>
internal sealed class WorldVocabulary
{
    private readonly string template;
    private readonly string[][] canonical;

    private WorldVocabulary(JsonElement json, IReadOnlyList<(string Name, IReadOnlyList<string> Values)> attributes)
    {
        Attributes = attributes;
        template = json.Need("template").GetString()!;
        canonical = [.. attributes.Select(attribute => attribute.Values
            .Select(value => json.Need("canonical_words").Need(attribute.Name).Need(value).GetString()!).ToArray())];
        var scales = json.Need("scales");
        Scales = [.. attributes.Select(attribute => scales.TryGetProperty(attribute.Name, out var scale)
            ? WorldScale.Read(attribute.Name, scale, attribute.Values.Count)
            : null)];
        DefaultPrompt = json.Need("default_prompt").GetString()!;
        Suggestions = [.. json.Need("suggestions").EnumerateArray().Select(suggestion => suggestion.GetString()!)];
        Default = attributes.Aggregate(new WorldAttributes(this, new double[attributes.Count]), (values, attribute) =>
            values.With(attribute.Name, json.Need("default").Need(attribute.Name).GetString()!));
        Controls = [.. Enumerable.Range(0, attributes.Count).SelectMany(ControlsOf)];
    }

    /// <summary>In the order of the text encoder's slots.</summary>
    public IReadOnlyList<(string Name, IReadOnlyList<string> Values)> Attributes { get; }

    /// <summary>Per attribute; null for one that is words alone.</summary>
    public IReadOnlyList<WorldScale?> Scales { get; }

    /// <summary>What a stream begins with that was told nothing.</summary>
    public WorldAttributes Default { get; }

    public string DefaultPrompt { get; }

    public IReadOnlyList<string> Suggestions { get; }

    public IReadOnlyList<ModelControl> Controls { get; }

    public static WorldVocabulary Read(string path, IReadOnlyList<(string Name, IReadOnlyList<string> Values)> attributes)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return new WorldVocabulary(document.RootElement, attributes);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException or IOException)
        {
            throw new CheckpointException($"{path} cannot be read: {error.Message}", error);
        }
    }

    /// <summary>A value in the model's own words, for example <c>clear sky</c>.</summary>
    public string Word(int attribute, int value) => canonical[attribute][value];

    /// <summary>The whole description that these words make, one per attribute; a number takes the place of a whole phrase (<c>42 px/s</c>, not <c>42 px/s speed</c>).</summary>
    public string Sentence(WorldAttributes values)
    {
        var sentence = template;
        for (var i = 0; i < Attributes.Count; i++)
        {
            var place = $"{{{Attributes[i].Name}}}";
            if (values.WordOf(i) is null)
                sentence = sentence.Replace($"{place} {Attributes[i].Name}", place, StringComparison.Ordinal);
            sentence = sentence.Replace(place, values.Say(i), StringComparison.Ordinal);
        }

        return sentence;
    }

    private IEnumerable<ModelControl> ControlsOf(int attribute)
    {
        var (name, words) = Attributes[attribute];
        var scale = Scales[attribute];
        if (scale?.Control != name)
            yield return new ModelControl { Name = name, Attribute = name, Type = ControlType.Choice, Values = words, Default = words[Default.WordOf(attribute)!.Value] };
        if (scale is not null)
        {
            yield return new ModelControl
            {
                Name = scale.Control,
                Attribute = name,
                Type = ControlType.Number,
                Minimum = scale.Minimum,
                Maximum = scale.Maximum,
                Unit = scale.Unit,
                Values = scale.Control == name ? words : null,
                Default = Default.Controls[scale.Control],
            };
        }
    }
}
