namespace SanaLive.Sessions.Durability;

/// <summary>Whether a session would survive its server now.</summary>
/// <param name="Durable">False: what happens now would be lost; <paramref name="Reason"/> says why. It mends itself when the reason goes away.</param>
/// <param name="Epoch">Counts the session's owners: 1 until its server is started again.</param>
/// <param name="Block">The block that the newest snapshot goes on with; null before the first.</param>
/// <param name="Reason">In a sentence; null when durable.</param>
/// <param name="Note">What became of it when it was restored, when something needs saying.</param>
public sealed record DurabilityView(bool Durable, long Epoch, long? Block, string? Reason, string? Note);
