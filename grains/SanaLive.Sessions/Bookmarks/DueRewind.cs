using SanaLive.Sessions.Durability;

namespace SanaLive.Sessions.Bookmarks;

/// <summary>A going back that has been promised, until the block with which it begins is made.</summary>
/// <param name="From">Where the moment is; null where sessions are not kept.</param>
/// <param name="Moment">Null after a restart of the server: it is read when it is needed.</param>
internal sealed record DueRewind(SnapshotName? From, Snapshot? Moment);
