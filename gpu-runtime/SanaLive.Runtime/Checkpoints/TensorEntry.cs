namespace SanaLive.Runtime.Checkpoints;

/// <summary>One tensor of a checkpoint file: where it is and what it is.</summary>
/// <param name="Name">The checkpoint's own name.</param>
/// <param name="Type">Number format in the file.</param>
/// <param name="Shape">Empty for a scalar.</param>
/// <param name="Start">First byte, counted from where the file's tensors begin.</param>
/// <param name="End">One past the last byte.</param>
public sealed record TensorEntry(string Name, TensorType Type, IReadOnlyList<int> Shape, long Start, long End)
{
    public int Count => Shape.Aggregate(1, (product, size) => checked(product * size));

    /// <summary>Numbers from one index to the next in every dimension; null when they lie row after row without a gap.</summary>
    public IReadOnlyList<long>? Strides { get; init; }

    /// <summary>Bytes of one number.</summary>
    public static int SizeOf(TensorType type) => type switch
    {
        TensorType.F64 or TensorType.I64 => 8,
        TensorType.F32 or TensorType.I32 => 4,
        TensorType.F16 or TensorType.BF16 or TensorType.I16 => 2,
        TensorType.I8 or TensorType.U8 or TensorType.BOOL => 1,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Unknown number format."),
    };
}
