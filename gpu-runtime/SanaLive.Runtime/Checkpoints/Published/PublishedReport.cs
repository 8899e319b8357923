namespace SanaLive.Runtime.Checkpoints.Published;

/// <summary>What a check of a published folder found.</summary>
/// <param name="Problems">Sentences, each of which says what to do; empty when the folder can be used.</param>
/// <param name="Files">All files that are used, without hashes.</param>
/// <param name="Parameters">Numbers in the weights that could be opened.</param>
public sealed record PublishedReport(IReadOnlyList<string> Problems, IReadOnlyList<PublishedFile> Files, long Parameters);
