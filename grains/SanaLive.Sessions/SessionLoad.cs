namespace SanaLive.Sessions;

/// <summary>How busy a host is.</summary>
/// <param name="Sessions">Sessions that exist, watched or not.</param>
/// <param name="Active">Sessions that have a place on an engine.</param>
/// <param name="Queued">Watched sessions that wait for one.</param>
/// <param name="Capacity">Places.</param>
public sealed record SessionLoad(int Sessions, int Active, int Queued, int Capacity);
