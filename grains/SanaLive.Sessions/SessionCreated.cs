namespace SanaLive.Sessions;

/// <summary>The answer to a creation: the only time that the director's key is told.</summary>
public sealed record SessionCreated(string Id, string DirectorKey, SessionView View);
