namespace SanaLive.Runtime.Checkpoints;

/// <summary>
/// A table of which few rows are used at a time, as a language model's embeddings are (1.2 GB of Gemma 2's): rows are read from the file
/// when they are asked for, and the file stays open as long.
/// </summary>
public sealed class TensorRows : IDisposable
{
    private readonly SafetensorsFile file;
    private readonly TensorEntry entry;

    internal TensorRows(string path, string name)
    {
        file = SafetensorsFile.Open(path);
        entry = file.Tensors[name];
        (Rows, Columns) = (entry.Shape[0], entry.Shape[1]);
    }

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>Copies a row.</summary>
    /// <param name="row">0 to <see cref="Rows"/>, less one.</param>
    /// <param name="values"><see cref="Columns"/> numbers.</param>
    public void Read(int row, Span<float> values)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Rows);
        ArgumentOutOfRangeException.ThrowIfNotEqual(values.Length, Columns);
        file.ReadFloats(entry, (long)row * Columns, values);
    }

    public void Dispose() => file.Dispose();
}
