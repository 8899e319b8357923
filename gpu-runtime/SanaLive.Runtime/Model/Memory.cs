namespace SanaLive.Runtime.Model;

/// <summary>What a pass reads of the past, or leaves of its own block.</summary>
/// <param name="Sums">S and z per layer, in the time origin of the pass.</param>
/// <param name="Tails">The conv tail per layer.</param>
public readonly record struct Memory(BlockSums Sums, ConvTails Tails);
