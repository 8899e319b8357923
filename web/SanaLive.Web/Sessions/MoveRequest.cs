namespace SanaLive.Web.Sessions;

/// <summary>The body of a move.</summary>
/// <param name="Engine">Name of the engine to go to, as the server's status lists it.</param>
public sealed record MoveRequest(string Engine);
