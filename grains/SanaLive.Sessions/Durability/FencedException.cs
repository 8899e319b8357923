namespace SanaLive.Sessions.Durability;

/// <summary>A write was refused because somebody else owns the session now.</summary>
public sealed class FencedException(string session, long epoch) : StoreException(
    $"Session {session[..Math.Min(6, session.Length)]} has another owner now: what its owner of epoch {epoch} writes is refused.");
