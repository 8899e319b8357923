namespace SanaLive.Runtime.Kernels;

/// <summary>
/// A handle to numbers that a <see cref="KernelSet"/> keeps on its device. Everything the model computes is a matrix,
/// row after row: one row per token (or pixel), one column per channel. The memory belongs to the kernel set; only its
/// kernels touch it.
/// </summary>
public abstract class Tensor : IDisposable
{
    protected Tensor(int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        Rows = rows;
        Columns = columns;
    }

    public int Rows { get; }

    public int Columns { get; }

    public long Count => (long)Rows * Columns;

    /// <summary>A view of some rows. It shares the numbers and ends with its owner; make it once, not per call.</summary>
    public abstract Tensor Slice(int firstRow, int rows);

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);

    public override string ToString() => $"[{Rows}, {Columns}]";
}
