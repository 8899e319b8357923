using SanaLive.Runtime.Engine;

namespace SanaLive.Sessions.Engines;

/// <summary>One engine of a host, for operators.</summary>
/// <param name="Name">Within the host.</param>
/// <param name="State">What it does now.</param>
/// <param name="Reason">Why it failed, in a sentence; null when it has not.</param>
/// <param name="Epoch">Counts the times it was fenced off, from 1: what it answers to questions of an older epoch is refused.</param>
/// <param name="Places">Sessions that it makes at once.</param>
/// <param name="Active">Sessions that have one of these places.</param>
/// <param name="Sessions">Sessions whose stream it holds, resting ones included.</param>
/// <param name="Model">Name of the model that it runs.</param>
/// <param name="QueueLength">Requests waiting or running now.</param>
/// <param name="BlocksPerSecond">For one session, measured by every block.</param>
/// <param name="RealTimeFactor">Blocks per second over what one session needs.</param>
/// <param name="Facts">What it runs on.</param>
public sealed record EngineView(
    string Name, EngineState State, string? Reason, long Epoch, int Places, int Active, int Sessions, string Model, int QueueLength, double BlocksPerSecond,
    double RealTimeFactor, EngineFacts Facts);
