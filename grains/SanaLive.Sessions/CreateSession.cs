using SanaLive.Runtime.Engine;

namespace SanaLive.Sessions;

/// <summary>What a new session is made from.</summary>
/// <param name="Prompt">1 to 2,000 characters; null for the model's default prompt, or for controls alone.</param>
/// <param name="Seed">0 to <see cref="MaxSeed"/>; null: drawn at random from that range.</param>
/// <param name="Controls">Controls of the model's card by name; what both the prompt and a control name is as the control says.</param>
public sealed record CreateSession(string? Prompt = null, ulong? Seed = null, IReadOnlyDictionary<string, ControlValue>? Controls = null)
{
    /// <summary>2^53 - 1: the largest number that every JSON client reads back exactly.</summary>
    public const ulong MaxSeed = (1UL << 53) - 1;
}
