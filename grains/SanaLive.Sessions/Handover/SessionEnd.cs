namespace SanaLive.Sessions.Handover;

/// <summary>A session has ended on a host.</summary>
/// <param name="Session">Its id.</param>
/// <param name="IsElsewhere">Another owner has taken it over; otherwise it was closed, or has expired.</param>
public sealed record SessionEnd(string Session, bool IsElsewhere);
