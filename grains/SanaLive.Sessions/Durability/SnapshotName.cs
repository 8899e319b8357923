namespace SanaLive.Sessions.Durability;

/// <summary>Where a snapshot is and what it must contain.</summary>
/// <param name="File">Its name within the session's place in the store.</param>
/// <param name="Block">The block that it goes on with.</param>
/// <param name="Sequence">The journal's last entry when it was taken.</param>
/// <param name="Bytes">Length.</param>
/// <param name="Hash">SHA-256 of all bytes, in hexadecimal.</param>
public sealed record SnapshotName(string File, long Block, long Sequence, long Bytes, string Hash);
