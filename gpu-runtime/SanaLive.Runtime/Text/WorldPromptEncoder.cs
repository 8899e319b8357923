using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Engine;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Text;

/// <summary>
/// Prompts of the embedded world: a cue changes what it names and keeps the rest. What is in force is one sentence in the
/// world's own words; the transformer sees that sentence, never the viewer's, so equal worlds look equal however they were asked for.
/// </summary>
public sealed class WorldPromptEncoder : IPromptEncoder
{
    private readonly WordEncoder encoder;
    private readonly WorldVocabulary vocabulary;

    /// <param name="kernels">What it runs on.</param>
    /// <param name="folder">Holds config.json, vocabulary.json and the weights.</param>
    /// <param name="checkpoint">The weights in <paramref name="folder"/>.</param>
    public WorldPromptEncoder(KernelSet kernels, string folder, Checkpoint checkpoint)
    {
        var config = WordEncoderConfig.Read(Path.Combine(folder, "config.json"));
        vocabulary = WorldVocabulary.Read(Path.Combine(folder, "vocabulary.json"), config.Attributes);
        encoder = new WordEncoder(kernels, config, checkpoint);
        Vocabulary = [.. config.Attributes.Select((attribute, index) => new VocabularyAttribute(
            attribute.Name, [.. attribute.Values.Select((_, value) => vocabulary.Word(index, value))]))];
    }

    public PromptSemantics Semantics => PromptSemantics.Merge;

    public string DefaultPrompt => vocabulary.DefaultPrompt;

    public IReadOnlyList<string> Suggestions => vocabulary.Suggestions;

    public IReadOnlyList<VocabularyAttribute> Vocabulary { get; }

    /// <summary>None: this kind of text encoder reads words alone.</summary>
    public IReadOnlyList<ModelControl> Controls => [];

    internal WordEncoder Encoder => encoder;

    public Prompt Read(Prompt? previous, string? text, IReadOnlyDictionary<string, ControlValue>? controls = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        var config = encoder.Config;
        var before = previous?.Meaning ?? DefaultPrompt;
        var reading = encoder.Read(before, text);
        var values = reading.Attributes;
        var tags = reading.Tags.Skip(reading.PreviousWords).Select(tag => config.Tags[tag]).ToArray();
        var words = reading.Words.Skip(reading.PreviousWords).ToArray();
        var old = encoder.Read(before, string.Empty).Attributes;
        var meaning = vocabulary.Sentence(values);
        var understood = Enumerable.Range(0, values.Length)
            .Where(i => words.Length > 0 && (values[i] != old[i] || tags.Contains(config.Attributes[i].Name)))
            .Select(i => vocabulary.Word(i, values[i]))
            .ToArray();
        // Of a text that is too long the first words were not read: nobody may think that they were understood.
        var unread = PromptWords.Split(text).SkipLast(words.Length);
        var strange = unread.Concat(words.Where((_, i) => tags[i] == "unknown")).Distinct(StringComparer.Ordinal).ToArray();
        return new Prompt(text, meaning, understood, strange, encoder.Read(meaning, string.Empty).Slots, config.Slots);
    }

    /// <summary>The whole description that these values make. For tests.</summary>
    internal string Sentence(IReadOnlyList<int> values) => vocabulary.Sentence(values);

    public void Dispose() => encoder.Dispose();
}
