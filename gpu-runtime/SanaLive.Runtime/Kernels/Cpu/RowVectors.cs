namespace SanaLive.Runtime.Kernels.Cpu;

/// <summary>
/// One vector per run of rows, as adaLN's shifts, scales and gates are: one for a sample, for a latent frame or for a token.
/// </summary>
/// <param name="values">The first vector; null for "none".</param>
/// <param name="stride">Floats from one vector to the next.</param>
/// <param name="rowsPerVector">Rows that share a vector.</param>
internal readonly unsafe struct RowVectors(float* values, nint stride, int rowsPerVector)
{
    public bool IsNone => values == null;

    /// <summary>The vector of a row.</summary>
    public float* this[int row] => values + (row / rowsPerVector * stride);

    /// <summary>The same vectors from another column on.</summary>
    public RowVectors From(int column) => new(values + column, stride, rowsPerVector);
}
