using System.Collections.ObjectModel;

namespace SanaLive.Runtime.Engine;

/// <summary>A prompt that the model has read.</summary>
/// <param name="Text">The viewer's words; of controls alone, what they say.</param>
/// <param name="Meaning">The whole description now in force, in the model's own words; what the next cue is merged into.</param>
/// <param name="Understood">What was understood, in the model's own words, for example <c>forest</c>, <c>night</c>; what controls set is among it.</param>
/// <param name="NotUnderstood">Words of the text that the model has no meaning for.</param>
/// <param name="Embedding">Shape [tokens, channels] for the cross-attention.</param>
/// <param name="Tokens">Rows of <paramref name="Embedding"/>.</param>
public sealed record Prompt(
    string Text,
    string Meaning,
    IReadOnlyList<string> Understood,
    IReadOnlyList<string> NotUnderstood,
    ReadOnlyMemory<float> Embedding,
    int Tokens)
{
    /// <summary>The value now in force of every control of the model; a control whose words have none for it is left out. Empty without controls.</summary>
    public IReadOnlyDictionary<string, ControlValue> Controls { get; init; } = ReadOnlyDictionary<string, ControlValue>.Empty;

    /// <summary>The straight line from one embedding to another; embeddings of different lengths cannot be mixed, then it is the nearer one.</summary>
    /// <param name="from">At weight 0.</param>
    /// <param name="to">At weight 1.</param>
    /// <param name="weight">0 to 1.</param>
    public static Prompt Mix(Prompt from, Prompt to, float weight)
    {
        if (from.Embedding.Length != to.Embedding.Length || from.Tokens != to.Tokens)
            return weight < 0.5f ? from : to;
        var mixed = new float[to.Embedding.Length];
        var a = from.Embedding.Span;
        var b = to.Embedding.Span;
        for (var i = 0; i < mixed.Length; i++)
            mixed[i] = (1 - weight) * a[i] + weight * b[i];
        return to with { Embedding = mixed };
    }
}
