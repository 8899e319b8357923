using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Engine;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Text;

/// <summary>
/// Prompts of the embedded world: a cue changes what its words or controls name and keeps the rest. The words are read alone, the merge is
/// done here, and the transformer sees only the values that come out of it: equal worlds look equal however they were asked for.
/// </summary>
public sealed class WorldPromptEncoder : IPromptEncoder
{
    private readonly WordEncoder encoder;
    private readonly WorldVocabulary vocabulary;
    private readonly ConditionTables conditions;

    /// <param name="kernels">What it runs on.</param>
    /// <param name="folder">Holds config.json, vocabulary.json and the weights.</param>
    /// <param name="checkpoint">The weights in <paramref name="folder"/>.</param>
    /// <exception cref="CheckpointException">They cannot be read, do not fit together, or are of another version.</exception>
    public WorldPromptEncoder(KernelSet kernels, string folder, Checkpoint checkpoint)
    {
        var config = WordEncoderConfig.Read(Path.Combine(folder, "config.json"));
        vocabulary = WorldVocabulary.Read(Path.Combine(folder, "vocabulary.json"), config.Attributes);
        conditions = new ConditionTables(config, vocabulary, checkpoint);
        encoder = new WordEncoder(kernels, config, checkpoint);
        checkpoint.Finish();
        Vocabulary = [.. config.Attributes.Select((attribute, index) => new VocabularyAttribute(
            attribute.Name, [.. attribute.Values.Select((_, value) => vocabulary.Word(index, value))]))];
    }

    public PromptSemantics Semantics => PromptSemantics.Merge;

    public string DefaultPrompt => vocabulary.DefaultPrompt;

    public IReadOnlyList<string> Suggestions => vocabulary.Suggestions;

    public IReadOnlyList<VocabularyAttribute> Vocabulary { get; }

    public IReadOnlyList<ModelControl> Controls => vocabulary.Controls;

    /// <summary>Columns of an embedding; its rows are the attributes.</summary>
    public int Channels => conditions.Channels;

    internal WordEncoder Encoder => encoder;

    internal WorldVocabulary World => vocabulary;

    internal ConditionTables Conditions => conditions;

    public Prompt Read(Prompt? previous, string? text, IReadOnlyDictionary<string, ControlValue>? controls = null)
    {
        var values = previous is null ? vocabulary.Default : InForce(previous);
        var named = new SortedSet<int>();
        string[] strange = [];
        if (text is not null && PromptWords.Split(text) is { Length: > 0 } words)
            (values, strange) = Merge(values, text, words, named);
        foreach (var (name, value) in controls ?? new Dictionary<string, ControlValue>())
        {
            values = values.With(name, value);
            named.Add(Array.FindIndex([.. vocabulary.Attributes], attribute => attribute.Name == AttributeOf(name)));
        }

        string[] understood = [.. named.Select(values.Say)];
        return new Prompt(
            text ?? string.Join(", ", understood), vocabulary.Sentence(values), understood, strange, conditions.Rows(values.Positions), conditions.Tokens)
        {
            Controls = values.Controls,
        };
    }

    /// <summary>
    /// Numbers walk (dusk lies between day and night, other speeds between slow and fast); what is words alone changes at once. So the
    /// transformer never sees the mean of two words' conditions, which it was not trained with, and makes their transition itself.
    /// </summary>
    public Prompt Blend(Prompt from, Prompt to, float weight)
    {
        if (weight is <= 0 or >= 1)
            return weight <= 0 ? from : to;
        var values = InForce(from).Toward(InForce(to), weight);
        return to with { Embedding = conditions.Rows(values.Positions), Controls = values.Controls };
    }

    public void Dispose() => encoder.Dispose();

    private WorldAttributes InForce(Prompt prompt) => prompt.Controls.Count > 0
        ? WorldAttributes.InForce(vocabulary, prompt.Controls)
        : throw new ArgumentException("The prompt was read by another model.", nameof(prompt));

    /// <summary>What the text names takes the place of what was in force. Also says which words mean nothing to the model.</summary>
    private (WorldAttributes Values, string[] Strange) Merge(WorldAttributes values, string text, string[] words, SortedSet<int> named)
    {
        var reading = encoder.Read(text);
        var tags = reading.Tags.Select(tag => encoder.Config.Tags[tag]).ToArray();
        foreach (var (value, attribute) in reading.Values.Select((value, attribute) => (value, attribute)))
        {
            if (value is not { } word)
                continue;
            values = values.With(attribute, word);
            named.Add(attribute);
        }

        // Of a text that is too long the first words were not read: nobody may think that they were understood.
        var unread = words.SkipLast(reading.Words.Count);
        return (values, [.. unread.Concat(reading.Words.Where((_, i) => tags[i] == "unknown")).Distinct(StringComparer.Ordinal)]);
    }

    private string AttributeOf(string control) => vocabulary.Controls.First(known => known.Name == control).Attribute;
}
