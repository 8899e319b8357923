namespace SanaLive.Bench;

/// <summary>What a block costs and what it keeps: one element of the JSON line.</summary>
/// <param name="Block">Its number, from 0.</param>
/// <param name="Milliseconds">All passes of the transformer.</param>
/// <param name="Bytes">Of what the next block needs to know of the past.</param>
internal readonly record struct StatePoint(int Block, double Milliseconds, long Bytes);
