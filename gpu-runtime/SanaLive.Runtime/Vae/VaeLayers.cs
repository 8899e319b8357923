using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae;

/// <summary>Loads the VAE's layers; weights are turned from channels first to the order of the kernels' space-and-depth moves.</summary>
internal static class VaeLayers
{
    public static Weights Conv3x3(KernelSet kernels, Checkpoint checkpoint, string name, int outputs, int inputs) =>
        kernels.PackConv3x3(checkpoint.Take($"{name}.weight", outputs, inputs, 3, 3), outputs, inputs, checkpoint.Take($"{name}.bias", outputs));

    public static Weights Conv1x1(KernelSet kernels, Checkpoint checkpoint, string name, int outputs, int inputs) =>
        kernels.PackLinear(checkpoint.Take($"{name}.weight", outputs, inputs, 1, 1), outputs, inputs, checkpoint.Take($"{name}.bias", outputs));

    /// <summary>A 1x1 convolution followed by a pixel shuffle of 2: outputs in the order (dy, dx, channel).</summary>
    public static Weights Shuffled1x1(KernelSet kernels, Checkpoint checkpoint, string name, int outputs, int inputs) => Shuffled1x1(
        kernels, checkpoint.Take($"{name}.weight", outputs, inputs, 1, 1), checkpoint.Take($"{name}.bias", outputs), outputs, inputs);

    public static Weights Shuffled1x1(KernelSet kernels, ReadOnlySpan<float> weight, ReadOnlySpan<float> bias, int outputs, int inputs) =>
        kernels.PackLinear(DepthLast(weight, outputs / 4, 4, inputs), outputs, inputs, DepthLast(bias, outputs / 4, 4, 1));

    /// <summary>A 3x3 convolution followed by a pixel shuffle of 2.</summary>
    public static Weights Shuffled3x3(KernelSet kernels, Checkpoint checkpoint, string name, int outputs, int inputs) => kernels.PackConv3x3(
        DepthLast(checkpoint.Take($"{name}.weight", outputs, inputs, 3, 3), outputs / 4, 4, inputs * 9), outputs, inputs,
        DepthLast(checkpoint.Take($"{name}.bias", outputs), outputs / 4, 4, 1));

    /// <summary>The RMS norm over channels, whose only protection against zero is 1e-12 of the norm.</summary>
    public static float RmsEps(int channels) => 1e-24f / channels;

    /// <summary>[channels, places, size] to [places, channels, size].</summary>
    public static float[] DepthLast(ReadOnlySpan<float> values, int channels, int places, int size)
    {
        var result = new float[values.Length];
        for (var c = 0; c < channels; c++)
        {
            for (var p = 0; p < places; p++)
                values.Slice((c * places + p) * size, size).CopyTo(result.AsSpan((p * channels + c) * size));
        }

        return result;
    }
}
