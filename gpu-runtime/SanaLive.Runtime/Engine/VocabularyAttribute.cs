namespace SanaLive.Runtime.Engine;

/// <summary>One attribute that a model's prompts can name, with the words for its values.</summary>
public sealed record VocabularyAttribute(string Name, IReadOnlyList<string> Values);
