using System.Numerics;

namespace SanaLive.Runtime.Kernels.Scalar;

/// <summary>An <see cref="Epilogue"/> with its tensors opened.</summary>
internal readonly ref struct ScalarEpilogue<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly Activation activation;
    private readonly ReadOnlySpan<T> residual;
    private readonly ReadOnlySpan<T> gate;
    private readonly int gateStride;
    private readonly int gateColumn;
    private readonly int rowsPerGate;

    public ScalarEpilogue(in Epilogue epilogue, Tensor y)
    {
        activation = epilogue.Activation;
        if (epilogue.Residual is { } added)
        {
            if (added.Rows != y.Rows || added.Columns != y.Columns)
                throw new ArgumentException($"A residual of {added} does not fit an output of {y}.");
            residual = ((ScalarTensor<T>)added).Values;
        }

        if (epilogue.Gate is { } factor)
        {
            if (y.Rows % factor.Rows != 0 || epilogue.GateColumn + y.Columns > factor.Columns)
                throw new ArgumentException($"A gate of {factor} from column {epilogue.GateColumn} does not fit an output of {y}.");
            gate = ((ScalarTensor<T>)factor).Values;
            gateStride = factor.Columns;
            gateColumn = epilogue.GateColumn;
            rowsPerGate = y.Rows / factor.Rows;
        }
    }

    public T Finish(T value, int row, int column, int columns)
    {
        value = ScalarNumbers.Apply(activation, value);
        if (!gate.IsEmpty)
            value *= gate[row / rowsPerGate * gateStride + gateColumn + column];
        return residual.IsEmpty ? value : residual[row * columns + column] + value;
    }
}
