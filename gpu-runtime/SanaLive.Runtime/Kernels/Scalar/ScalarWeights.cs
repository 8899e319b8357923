using System.Numerics;

namespace SanaLive.Runtime.Kernels.Scalar;

/// <summary>Weights as in the checkpoint: [outputs, inputs, taps]; the bias is empty or [outputs].</summary>
internal sealed class ScalarWeights<T>(int outputs, int inputs, int taps, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias)
    : Weights(outputs, inputs, taps)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public T[] Values { get; } = ScalarNumbers.From<T>(weight);

    public T[] Bias { get; } = ScalarNumbers.From<T>(bias);

    public Precision Precision { get; private set; }

    /// <summary>From now on the layer is one of 8-bit numbers: the weights of every output are rounded, and so are its inputs.</summary>
    public void Quantize()
    {
        Precision = Precision.Int8;
        ScalarNumbers.RoundToSteps(Values, Inputs);
    }

    /// <summary>The weights are rounded; inputs stay what they are.</summary>
    public void RoundToBFloat16()
    {
        foreach (ref var value in Values.AsSpan())
            value = T.CreateChecked(BFloat16.Widen(BFloat16.Round(float.CreateTruncating(value))));
    }

    protected override void Dispose(bool disposing)
    {
    }
}
