using System.Numerics;

namespace SanaLive.Runtime.Kernels.Scalar;

/// <summary>Weights as in the checkpoint: [outputs, inputs, taps]; the bias is empty or [outputs].</summary>
internal sealed class ScalarWeights<T>(int outputs, int inputs, int taps, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias)
    : Weights(outputs, inputs, taps)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public T[] Values { get; } = ScalarNumbers.From<T>(weight);

    public T[] Bias { get; } = ScalarNumbers.From<T>(bias);

    protected override void Dispose(bool disposing)
    {
    }
}
