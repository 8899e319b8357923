namespace SanaLive.Sessions.Durability;

/// <summary>A journal as far as it can be trusted.</summary>
/// <param name="Records">In order, without gaps.</param>
/// <param name="Damage">Where it ends before its end and why, in a sentence; null when it is whole.</param>
public sealed record JournalContents(IReadOnlyList<JournalRecord> Records, string? Damage = null);
