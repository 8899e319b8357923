namespace SanaLive.Sessions;

/// <summary>How busy a host is.</summary>
/// <param name="Sessions">Sessions that exist, watched or not.</param>
/// <param name="Active">Sessions that have a place on an engine.</param>
/// <param name="Queued">Watched sessions that wait for one.</param>
/// <param name="Capacity">Places.</param>
/// <param name="IsFull">All places are taken and the line is full: who wants to watch a session that nobody watches is refused.</param>
public sealed record SessionLoad(int Sessions, int Active, int Queued, int Capacity, bool IsFull = false);
