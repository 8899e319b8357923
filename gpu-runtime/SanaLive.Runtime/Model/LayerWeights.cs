using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Model;

/// <summary>
/// Packs layers out of a checkpoint, one at a time. In <see cref="Precision.Bf16"/> the numbers go from the mapped file into the packed
/// weights and are nowhere else; in the others a layer's floats are made for as long as it is packed.
/// </summary>
internal static class LayerWeights
{
    /// <summary>The precision of layers that 8 bits would spoil.</summary>
    public static Precision Careful(Precision precision) => precision == Precision.Bf16 ? Precision.Bf16 : Precision.Fp32;

    /// <param name="kernels">Own the weights.</param>
    /// <param name="checkpoint">Has <c>name.weight</c>, and <c>name.bias</c> where there is one.</param>
    /// <param name="name">The layer.</param>
    /// <param name="shape">[outputs, inputs], followed by ones for a 1x1 convolution.</param>
    /// <param name="precision">Of the products.</param>
    /// <param name="bias">Whether there is one.</param>
    public static Weights Linear(KernelSet kernels, Checkpoint checkpoint, string name, ReadOnlySpan<int> shape, Precision precision, bool bias = true)
    {
        var (outputs, inputs) = (shape[0], shape[1]);
        var biases = bias ? checkpoint.Take($"{name}.bias", outputs) : [];
        return precision == Precision.Bf16
            ? kernels.PackLinear(checkpoint.TakeBFloat16($"{name}.weight", shape), outputs, inputs, biases)
            : kernels.PackLinear(checkpoint.Take($"{name}.weight", shape), outputs, inputs, biases, precision);
    }

    /// <summary>A convolution over three frames, [channels, channels, 3, 1], without a bias.</summary>
    public static Weights Temporal(KernelSet kernels, Checkpoint checkpoint, string name, int channels, Precision precision) => precision == Precision.Bf16
        ? kernels.PackTemporal(checkpoint.TakeBFloat16($"{name}.weight", channels, channels, 3, 1), channels, channels, default)
        : kernels.PackTemporal(checkpoint.Take($"{name}.weight", channels, channels, 3, 1), channels, channels, default);
}
