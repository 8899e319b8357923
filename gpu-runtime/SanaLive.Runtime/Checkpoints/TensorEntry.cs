namespace SanaLive.Runtime.Checkpoints;

/// <summary>One tensor of a safetensors file: where it is and what it is.</summary>
/// <param name="Name">The checkpoint's own name.</param>
/// <param name="Type">Number format in the file.</param>
/// <param name="Shape">Empty for a scalar.</param>
/// <param name="Start">First byte, counted from the end of the header.</param>
/// <param name="End">One past the last byte.</param>
public sealed record TensorEntry(string Name, TensorType Type, IReadOnlyList<int> Shape, long Start, long End)
{
    public int Count => Shape.Aggregate(1, (product, size) => checked(product * size));
}
