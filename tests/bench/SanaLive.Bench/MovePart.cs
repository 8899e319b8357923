namespace SanaLive.Bench;

/// <summary>One part of what a stream takes with it.</summary>
/// <param name="Name">For the table.</param>
/// <param name="Bytes">As it is.</param>
/// <param name="CopyMilliseconds">Out of the engine's memory and into another's, in one process.</param>
internal sealed record MovePart(string Name, long Bytes, double CopyMilliseconds);
