using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Model;

/// <summary>
/// The feed-forward that sees its neighbours: 1x1 and SiLU, depthwise 3x3, gated linear unit, 1x1, then a residual
/// convolution over three frames. Golden cases b2, h1.
/// </summary>
internal sealed class MixFfn(KernelSet kernels, Checkpoint checkpoint, string name, TransformerConfig config, Precision precision = Precision.Fp32) : IDisposable
{
    private readonly Weights inverted = LayerWeights.Linear(kernels, checkpoint, $"{name}conv_inverted", [2 * config.FeedForward, config.Hidden, 1, 1], precision);
    private readonly Weights depth = kernels.PackDepthwise3x3(
        checkpoint.Take($"{name}conv_depth.weight", 2 * config.FeedForward, 1, 3, 3),
        2 * config.FeedForward, checkpoint.Take($"{name}conv_depth.bias", 2 * config.FeedForward));
    private readonly Weights point = LayerWeights.Linear(kernels, checkpoint, $"{name}conv_point", [config.Hidden, config.FeedForward, 1, 1], precision, bias: false);
    private readonly Weights temporal = LayerWeights.Temporal(kernels, checkpoint, $"{name}conv_temp", config.Hidden, precision);

    /// <param name="w">Scratch memory; the input is in <c>w.Normed</c>, [tokens, hidden], normed and modulated.</param>
    /// <param name="tail">The last frame of the block before, [tokens of a frame, hidden]; null at the beginning.</param>
    /// <param name="ownTail">Where this block's last frame is kept; null if nobody wants it.</param>
    /// <param name="y">[tokens, hidden]; null when only the tail is wanted.</param>
    /// <param name="epilogue">Gate and residual.</param>
    public void Forward(Workspace w, Tensor? tail, Tensor? ownTail, Tensor? y, in Epilogue epilogue)
    {
        // Up to here frames do not see each other: one after the other, six times the width is still in the cache when it is read again.
        for (var frame = 0; frame < w.Grid.Frames; frame++)
        {
            kernels.Linear(w.NormedFrames[frame], inverted, w.Wide, new Epilogue(Activation.Silu));
            kernels.DepthwiseGlu(w.Wide, depth, w.Grid.Height, w.Grid.Width, w.Gated);
            kernels.Linear(w.Gated, point, w.PointedFrames[frame]);
        }

        if (ownTail is not null)
            kernels.Copy(w.PointedFrames[^1], ownTail);
        if (y is not null)
            kernels.TemporalMix(w.Pointed, tail, temporal, w.Grid.PerFrame, y, epilogue);
    }

    public void Dispose()
    {
        inverted.Dispose();
        depth.Dispose();
        point.Dispose();
        temporal.Dispose();
    }
}
