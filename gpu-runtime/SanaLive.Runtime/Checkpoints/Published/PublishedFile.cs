namespace SanaLive.Runtime.Checkpoints.Published;

/// <summary>One file of a published checkpoint.</summary>
/// <param name="Path">Below the folder, with <c>/</c> between names.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">In hexadecimal; empty before it was worked out.</param>
public sealed record PublishedFile(string Path, long Bytes, string Sha256 = "");
