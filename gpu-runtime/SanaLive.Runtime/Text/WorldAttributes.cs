using SanaLive.Runtime.Engine;

namespace SanaLive.Runtime.Text;

/// <summary>
/// What is in force: one number per attribute, the index of a word, or on a scale the number itself. A value; merging is exact,
/// because it replaces numbers and computes none.
/// </summary>
internal sealed class WorldAttributes(WorldVocabulary vocabulary, IReadOnlyList<double> values)
{
    private readonly IReadOnlyList<double> values = values;

    /// <summary>What a prompt's controls say is in force.</summary>
    public static WorldAttributes InForce(WorldVocabulary vocabulary, IReadOnlyDictionary<string, ControlValue> controls) =>
        controls.Aggregate(vocabulary.Default, (attributes, control) => attributes.With(control.Key, control.Value));

    /// <summary>Where each attribute's number lies among its words, for the conditions; a fraction lies between two of them.</summary>
    public double[] Positions => [.. values.Select((value, i) => vocabulary.Scales[i]?.Position(value) ?? value)];

    /// <summary>The value of every control; one whose words have none for it (<c>time</c> at 16:30) is left out.</summary>
    public IReadOnlyDictionary<string, ControlValue> Controls
    {
        get
        {
            var controls = new Dictionary<string, ControlValue>();
            for (var i = 0; i < values.Count; i++)
            {
                var (name, words) = vocabulary.Attributes[i];
                if (WordOf(i) is { } word)
                    controls[name] = words[word];
                if (vocabulary.Scales[i] is { } scale)
                    controls[scale.Control] = values[i];
            }

            return controls;
        }
    }

    /// <summary>With an attribute at one of its words.</summary>
    public WorldAttributes With(int attribute, int word) => Replaced(attribute, vocabulary.Scales[attribute]?.Knots[word] ?? word);

    /// <summary>With a control at a value that it can have.</summary>
    /// <exception cref="ArgumentException">There is no such control, or no such value.</exception>
    public WorldAttributes With(string control, ControlValue value)
    {
        for (var i = 0; i < values.Count; i++)
        {
            var (name, words) = vocabulary.Attributes[i];
            if (value.Number is { } number && vocabulary.Scales[i] is { } scale && scale.Control == control)
                return Replaced(i, scale.Kept(number));
            for (var word = 0; name == control && word < words.Count; word++)
            {
                if (words[word] == value.Word)
                    return With(i, word);
            }
        }

        throw new ArgumentException($"This world has no control '{control}' that could be {value}.", nameof(control));
    }

    /// <summary>On the way to others: numbers lie between, words are the others' already.</summary>
    public WorldAttributes Toward(WorldAttributes others, double share) =>
        new(vocabulary, [.. values.Zip(others.values, (from, to) => (from, to)).Select((pair, i) => vocabulary.Scales[i]?.Between(pair.from, pair.to, share) ?? pair.to)]);

    /// <summary>The index of an attribute's word; null when its number lies between two words.</summary>
    public int? WordOf(int attribute) => vocabulary.Scales[attribute] is { } scale ? scale.WordAt(values[attribute]) : (int)values[attribute];

    /// <summary>In the model's own words, for example <c>clear sky</c> or <c>42 px/s</c>.</summary>
    public string Say(int attribute) =>
        WordOf(attribute) is { } word ? vocabulary.Word(attribute, word) : vocabulary.Scales[attribute]!.Say(values[attribute]);

    private WorldAttributes Replaced(int attribute, double value) => new(vocabulary, [.. values.Select((old, i) => i == attribute ? value : old)]);
}
