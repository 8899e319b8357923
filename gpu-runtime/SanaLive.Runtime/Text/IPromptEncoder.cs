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

    IReadOnlyList<ModelControl> Controls { get; }

    /// <summary>
    /// Reads a prompt; for a merging model what neither words nor controls name stays as in <paramref name="previous"/>, and what
    /// both name is as the control says.
    /// </summary>
    /// <param name="previous">The prompt in force; null at the beginning of a stream.</param>
    /// <param name="text">The words; null without.</param>
    /// <param name="controls">Checked by the caller with <see cref="ModelCard.ProblemWith"/>; null without.</param>
    Prompt Read(Prompt? previous, string? text, IReadOnlyDictionary<string, ControlValue>? controls = null);

    /// <summary>What lies between two prompts on the way of a blend, as the model was trained to see it.</summary>
    /// <param name="from">At weight 0.</param>
    /// <param name="to">At weight 1.</param>
    /// <param name="weight">0 to 1.</param>
    Prompt Blend(Prompt from, Prompt to, float weight);
}
