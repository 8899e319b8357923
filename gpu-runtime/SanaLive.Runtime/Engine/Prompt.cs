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
}
