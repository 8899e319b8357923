using System.Runtime.CompilerServices;

namespace SanaLive.Runtime.Kernels.Cpu;

/// <summary>
/// What happens to the sums of a linear or a convolution before they are stored:
/// <c>y = residual + gate * activation(sum + bias + skip)</c>; whatever is left out is not done. The residual may be y itself.
/// </summary>
internal unsafe struct GemmEpilogue
{
    /// <summary>[M], or null.</summary>
    public float* Bias;

    /// <summary>[rows, M], or null: the input of a residual convolution.</summary>
    public float* Skip;

    public Activation Activation;

    /// <summary>A vector of M factors for each run of rows, or none.</summary>
    public RowVectors Gate;

    /// <summary>[rows, M], or null.</summary>
    public float* Residual;

    /// <summary>
    /// Stores one tile. Row r of the tile is row <paramref name="row"/> + r * <paramref name="rowStep"/> of the result (a column of
    /// pixels has a step); <paramref name="width"/> is M.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Store<T>(float* acc, int rows, int row, int rowStep, int column, int columns, float* y, int width)
        where T : unmanaged, ILanes<T>
    {
        for (var r = 0; r < rows; r++, acc += GemmTile.AccumulatorStride, row += rowStep)
        {
            var at = ((nint)row * width) + column;
            var gate = Gate.IsNone ? null : Gate[row] + column;
            for (var c = 0; c < columns; c += T.Count, at += T.Count)
            {
                // Vectors may be read past the end of a row, never written: tensors have slack for it.
                var v = T.Load(acc + c);
                if (Bias != null)
                    v += T.Load(Bias + column + c);
                if (Skip != null)
                    v += T.Load(Skip + at);
                v = LaneMath.Apply(Activation, v);
                if (gate != null)
                    v *= T.Load(gate + c);
                if (Residual != null)
                    v += T.Load(Residual + at);
                LaneMath.Store(v, y + at, columns - c);
            }
        }
    }
}
