namespace SanaLive.Eval.Inputs;

/// <summary>A prompt held out from training.</summary>
/// <param name="Text">The words.</param>
/// <param name="Named">What they ask for: attribute and value. What they do not name is not in it.</param>
internal sealed record Sentence(string Text, IReadOnlyDictionary<string, string> Named);
