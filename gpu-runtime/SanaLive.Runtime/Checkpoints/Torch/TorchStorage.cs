namespace SanaLive.Runtime.Checkpoints.Torch;

/// <summary>A run of numbers in the archive that tensors are views of.</summary>
/// <param name="Type">Number format.</param>
/// <param name="Key">Name of the record below <c>data/</c>.</param>
/// <param name="Count">Numbers.</param>
internal sealed record TorchStorage(TensorType Type, string Key, long Count);
