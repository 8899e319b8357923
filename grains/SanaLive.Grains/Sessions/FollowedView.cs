using SanaLive.Sessions;

namespace SanaLive.Grains.Sessions;

/// <summary>One step of following a session's events.</summary>
/// <param name="View">Null: nothing new.</param>
/// <param name="Moved">The session goes on elsewhere: to be followed again.</param>
[GenerateSerializer, Immutable, Alias("sanalive.followed")]
public sealed record FollowedView(SessionView? View, bool Moved = false);
