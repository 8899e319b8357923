using SanaLive.Runtime.Engine;

namespace SanaLive.Runtime.Text;

/// <summary>A model's way of reading prompts.</summary>
public interface IPromptEncoder : IDisposable
{
    PromptSemantics Semantics { get; }

    /// <summary>The prompt of a stream that was given none.</summary>
    string DefaultPrompt { get; }

    IReadOnlyList<string> Suggestions { get; }

    IReadOnlyList<VocabularyAttribute> Vocabulary { get; }

    /// <summary>Reads a prompt; for a merging model what it does not name stays as in <paramref name="previous"/>.</summary>
    Prompt Read(Prompt? previous, string text);
}
