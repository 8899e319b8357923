namespace SanaLive.Sessions.Durability;

/// <summary>A snapshot that is kept, and what a journal that begins with it would begin with; null when that was not looked up.</summary>
internal sealed record KeptSnapshot(SnapshotName Name, JournalEntry.Collected? Base);
