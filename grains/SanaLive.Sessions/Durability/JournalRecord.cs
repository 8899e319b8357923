namespace SanaLive.Sessions.Durability;

/// <summary>An entry and its number: each is one more than the one before it, also across the restarts of a server.</summary>
public sealed record JournalRecord(long Sequence, JournalEntry Entry);
