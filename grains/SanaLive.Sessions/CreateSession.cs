namespace SanaLive.Sessions;

/// <summary>What a new session is made from.</summary>
/// <param name="Prompt">1 to 2,000 characters; null for the model's default prompt.</param>
/// <param name="Seed">Null: drawn at random.</param>
public sealed record CreateSession(string? Prompt, ulong? Seed = null);
