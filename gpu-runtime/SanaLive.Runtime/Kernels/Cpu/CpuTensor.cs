namespace SanaLive.Runtime.Kernels.Cpu;

/// <summary>A matrix in native memory, or a view of some rows of one.</summary>
internal sealed unsafe class CpuTensor : Tensor
{
    private readonly NativeBuffer buffer;
    private readonly nint offset;
    private readonly bool owns;

    public CpuTensor(int rows, int columns)
        : base(rows, columns)
    {
        buffer = new NativeBuffer((nint)rows * columns);
        owns = true;
    }

    private CpuTensor(NativeBuffer buffer, nint offset, int rows, int columns)
        : base(rows, columns) => (this.buffer, this.offset) = (buffer, offset);

    /// <summary>The first float. A vector may be read, not written, up to 64 bytes past the last one.</summary>
    public float* Pointer => buffer.Pointer + offset;

    public Span<float> Span => new(Pointer, checked((int)Count));

    public override Tensor Slice(int firstRow, int rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstRow);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)firstRow + rows, Rows);
        return new CpuTensor(buffer, offset + ((nint)firstRow * Columns), rows, Columns);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && owns)
            buffer.Dispose();
    }
}
