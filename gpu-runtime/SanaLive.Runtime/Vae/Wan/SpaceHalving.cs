using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.Wan;

/// <summary>
/// A 3x3 convolution of every second pixel that sees the pixel and the two behind it, zeros behind the last row and column. Squares of 2x2
/// pixels become channels first: then it is a convolution of their own, of which only the middle and what follows it has weights.
/// </summary>
internal sealed class SpaceHalving : WanLayer
{
    private readonly KernelSet kernels;
    private readonly int scale;
    private readonly Weights weights;
    private readonly int deep;
    private readonly int y;

    /// <param name="kernels">Runs it.</param>
    /// <param name="checkpoint"><c>{name}.weight</c> [channels, channels, 3, 3] and <c>{name}.bias</c> are taken.</param>
    /// <param name="layout">Gets the result, at half the scale.</param>
    /// <param name="name">Of the convolution.</param>
    /// <param name="scale">Of the large picture; even.</param>
    /// <param name="channels">Input and output channels.</param>
    public SpaceHalving(KernelSet kernels, Checkpoint checkpoint, WanLayout layout, string name, int scale, int channels)
    {
        (this.kernels, this.scale) = (kernels, scale);
        var weight = checkpoint.Take($"{name}.weight", channels, channels, 3, 3);
        weights = kernels.PackConv3x3(Spread(weight, channels), channels, 4 * channels, checkpoint.Take($"{name}.bias", channels));
        deep = layout.Frame("deep", scale / 2, 4 * channels);
        y = layout.Frame("x", scale / 2, channels);
    }

    public override void LookBack(int reachBehind) => Reach = reachBehind;

    public override void Forward(Tensor x, WanPass pass, int distance, Action<Tensor, int> then)
    {
        var (height, width) = pass.Size(scale);
        kernels.SpaceToDepth(x, height, width, 2, pass.Frame(deep));
        kernels.Conv3x3(pass.Frame(deep), weights, height / 2, width / 2, pass.Frame(y));
        then(pass.Frame(y), distance);
    }

    public override void Dispose() => weights.Dispose();

    /// <summary>[channels, channels, 3, 3] to [channels, (dy, dx, channels), 3, 3].</summary>
    private static float[] Spread(ReadOnlySpan<float> weight, int channels)
    {
        var spread = new float[4 * weight.Length];
        for (var i = 0; i < weight.Length; i++)
        {
            var (output, input, row, column) = (i / 9 / channels, i / 9 % channels, i % 9 / 3, i % 3);
            var deep = (row % 2 * 2 + column % 2) * channels + input;
            spread[(output * 4 * channels + deep) * 9 + (1 + row / 2) * 3 + 1 + column / 2] = weight[i];
        }

        return spread;
    }
}
