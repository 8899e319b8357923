namespace SanaLive.Sessions;

/// <summary>The picture that a session began with.</summary>
/// <param name="Width">Pixels of the picture that was sent, upright.</param>
/// <param name="Height">Pixels of the picture that was sent, upright.</param>
/// <param name="Note">What was done to it, in a sentence; null when all of it is seen.</param>
/// <param name="Understood">What the model read in it, in its own words; empty for a model that reads nothing in pictures.</param>
public sealed record StartView(int Width, int Height, string? Note, IReadOnlyList<string> Understood);
