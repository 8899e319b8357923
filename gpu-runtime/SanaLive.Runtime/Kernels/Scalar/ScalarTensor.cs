using System.Numerics;

namespace SanaLive.Runtime.Kernels.Scalar;

/// <summary>A tensor in an array of the scalar kernel set's precision.</summary>
internal sealed class ScalarTensor<T>(T[] values, int offset, int rows, int columns) : Tensor(rows, columns)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public Span<T> Values => values.AsSpan(offset, (int)Count);

    public override Tensor Slice(int firstRow, int rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstRow);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstRow + rows, Rows);
        return new ScalarTensor<T>(values, offset + firstRow * Columns, rows, Columns);
    }

    protected override void Dispose(bool disposing)
    {
    }
}
