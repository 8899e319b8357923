namespace SanaLive.Sessions.Engines;

/// <summary>One engine of a host, for operators.</summary>
/// <param name="Name">Within the process.</param>
/// <param name="State">What it does now.</param>
/// <param name="Reason">Why it failed, in a sentence; null when it has not.</param>
/// <param name="Epoch">Counts the times it was fenced off, from 1: what it answers to questions of an older epoch is refused.</param>
/// <param name="Places">Sessions that it makes at once.</param>
/// <param name="Active">Sessions that have one of these places.</param>
/// <param name="Sessions">Sessions whose stream it holds, resting ones included.</param>
public sealed record EngineView(string Name, EngineState State, string? Reason, long Epoch, int Places, int Active, int Sessions);
