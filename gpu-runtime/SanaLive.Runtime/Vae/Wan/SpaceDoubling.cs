using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.Wan;

/// <summary>
/// Every pixel becomes four equal ones (nearest), then a 3x3 convolution. The equal pixels are never written: of the nine places that an
/// output looks at, those that lie in the same small pixel share it, so each of the four outputs of a small pixel is a 3x3 convolution of
/// the small picture whose weights are sums.
/// </summary>
internal sealed class SpaceDoubling : WanLayer
{
    private readonly KernelSet kernels;
    private readonly int scale;
    private readonly Weights weights;
    private readonly int deep;
    private readonly int y;

    /// <param name="kernels">Runs it.</param>
    /// <param name="checkpoint"><c>{name}.weight</c> [outputs, inputs, 3, 3] and <c>{name}.bias</c> are taken.</param>
    /// <param name="layout">Gets the result, at twice the scale.</param>
    /// <param name="name">Of the convolution.</param>
    /// <param name="scale">Of the small picture.</param>
    /// <param name="inputs">Input channels.</param>
    /// <param name="outputs">Output channels.</param>
    public SpaceDoubling(KernelSet kernels, Checkpoint checkpoint, WanLayout layout, string name, int scale, int inputs, int outputs)
    {
        (this.kernels, this.scale) = (kernels, scale);
        var weight = checkpoint.Take($"{name}.weight", outputs, inputs, 3, 3);
        var bias = checkpoint.Take($"{name}.bias", outputs);
        weights = kernels.PackConv3x3(Fold(weight), 4 * outputs, inputs, [.. bias, .. bias, .. bias, .. bias]);
        deep = layout.Frame("deep", scale, 4 * outputs);
        y = layout.Frame("x", 2 * scale, outputs);
    }

    public override void LookBack(int reachBehind) => Reach = reachBehind;

    public override void Forward(Tensor x, WanPass pass, int distance, Action<Tensor, int> then)
    {
        var (height, width) = pass.Size(scale);
        kernels.Conv3x3(x, weights, height, width, pass.Frame(deep));
        kernels.DepthToSpace(pass.Frame(deep), height, width, 2, pass.Frame(y));
        then(pass.Frame(y), distance);
    }

    public override void Dispose() => weights.Dispose();

    /// <summary>[kernels, 3, 3] to [(dy, dx), kernels, 3, 3].</summary>
    private static float[] Fold(ReadOnlySpan<float> weight)
    {
        var folded = new float[4 * weight.Length];
        for (var phase = 0; phase < 4; phase++)
        {
            for (var i = 0; i < weight.Length; i++)
            {
                var (row, column) = (SmallPixel(phase / 2, i % 9 / 3), SmallPixel(phase % 2, i % 3));
                folded[phase * weight.Length + i / 9 * 9 + row * 3 + column] += weight[i];
            }
        }

        return folded;
    }

    /// <summary>Where in the small picture, from 0 to 2, the place of a kernel lies for the first or the second of two outputs.</summary>
    private static int SmallPixel(int output, int place) => (output + place + 1) / 2;
}
