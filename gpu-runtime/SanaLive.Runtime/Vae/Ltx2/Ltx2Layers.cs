using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.Ltx2;

/// <summary>Loads the layers of one side of the VAE.</summary>
/// <param name="kernels">Run them.</param>
/// <param name="checkpoint">Tensors are taken from it.</param>
/// <param name="plan">Notes what they need.</param>
/// <param name="padding">Of all their convolutions.</param>
/// <param name="looksAhead">Of all their convolutions.</param>
internal sealed class Ltx2Layers(KernelSet kernels, Checkpoint checkpoint, FramePlan plan, Padding padding, bool looksAhead)
{
    /// <summary>Of the norms without weights.</summary>
    public const float NormEps = 1e-8f;

    public KernelSet Kernels => kernels;

    public Checkpoint Checkpoint => checkpoint;

    public FramePlan Plan => plan;

    public bool LooksAhead => looksAhead;

    /// <summary>The tap of a convolution that sees the output's own frame.</summary>
    public int OwnTap => looksAhead ? 1 : 2;

    public Tensor Ones(int channels) => kernels.Row(Enumerable.Repeat(1f, channels).ToArray());

    public float[] ConvWeight(string name, int outputs, int inputs) => checkpoint.Take($"{name}.conv.weight", outputs, inputs, 3, 3, 3);

    public float[] ConvBias(string name, int outputs) => checkpoint.Take($"{name}.conv.bias", outputs);

    public FrameConv Conv(string name, FrameLevel level, int inputs, int outputs) =>
        Conv(level, inputs, [ConvWeight(name, outputs, inputs)], [ConvBias(name, outputs)]);

    public FrameConv Conv(FrameLevel level, int inputs, float[][] weights, float[][] biases) =>
        new(kernels, plan, level, new FrameConvShape(inputs, padding, looksAhead), weights, biases);

    /// <summary>A layer's place in each square of pixels: the checkpoint counts (channel, dx, dy), the kernels' moves (dy, dx, channel).</summary>
    public static int PatchColumn(int channel, int channels, int size)
    {
        var (c, dx, dy) = (channel / (size * size), channel / size % size, channel % size);
        return (dy * size + dx) * channels + c;
    }
}
