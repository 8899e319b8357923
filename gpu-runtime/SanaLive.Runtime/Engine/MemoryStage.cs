namespace SanaLive.Runtime.Engine;

/// <summary>One stage of making a clip.</summary>
/// <param name="Name">For people.</param>
/// <param name="Bytes">Weights and what is worked in.</param>
public sealed record MemoryStage(string Name, long Bytes);
