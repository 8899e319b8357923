namespace SanaLive.Runtime.Checkpoints;

/// <summary>A file of named tensors, whatever its format.</summary>
internal interface ITensorFile : IDisposable
{
    string Path { get; }

    IReadOnlyDictionary<string, TensorEntry> Tensors { get; }

    /// <summary>All numbers of a tensor as floats, row after row.</summary>
    /// <exception cref="CheckpointException">It is no tensor of weights.</exception>
    float[] ReadFloats(TensorEntry entry);

    /// <summary>
    /// All numbers of a tensor in bf16: as they lie in the file where it has them so, without a copy; else rounded to the nearest.
    /// Not to be used after <see cref="IDisposable.Dispose"/>.
    /// </summary>
    ReadOnlySpan<ushort> ReadBFloat16(TensorEntry entry);
}
