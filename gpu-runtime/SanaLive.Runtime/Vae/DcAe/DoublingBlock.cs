using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.DcAe;

/// <summary>
/// Twice the size, diffusers' DCUpBlock2d: a convolution, either after repeating every pixel or followed by moving channels to squares
/// of pixels, plus the input's channels, each repeated and moved to squares the same way. All of it is one convolution of the smaller size.
/// </summary>
internal sealed class DoublingBlock : ImageBlock
{
    private readonly KernelSet kernels;
    private readonly Weights conv;

    public DoublingBlock(KernelSet kernels, Checkpoint checkpoint, string name, int inputs, int outputs, bool interpolates, bool shortcut)
    {
        this.kernels = kernels;
        float[] weight, bias;
        if (interpolates)
        {
            weight = SquareConv.Doubling(checkpoint.Take($"{name}.conv.weight", outputs, inputs, 3, 3), outputs, inputs);
            bias = checkpoint.Take($"{name}.conv.bias", outputs);
            bias = [.. bias, .. bias, .. bias, .. bias];
        }
        else
        {
            weight = VaeLayers.DepthLast(checkpoint.Take($"{name}.conv.weight", 4 * outputs, inputs, 3, 3), outputs, 4, inputs * 9);
            bias = VaeLayers.DepthLast(checkpoint.Take($"{name}.conv.bias", 4 * outputs), outputs, 4, 1);
        }

        if (shortcut)
            SquareConv.AddToMiddle(weight, Repeats(outputs, inputs));
        conv = kernels.PackConv3x3(weight, 4 * outputs, inputs, bias);
    }

    public override int OutputsOfTwo => 4;

    public override int Reach(int rows) => (rows + 1) / 2 + 1;

    public override long WorkingBytes(long pixels) => pixels * (conv.Outputs + Math.Max(conv.Inputs, conv.Outputs)) * sizeof(float);

    public override ImageFeatures Forward(ImageFeatures x)
    {
        using var deep = kernels.Create(x.Values.Rows, conv.Outputs);
        kernels.Conv3x3(x.Values, conv, x.Height, x.Width, deep);
        x.Values.Dispose();
        var y = kernels.Create(4 * deep.Rows, conv.Outputs / 4);
        kernels.DepthToSpace(deep, x.Height, x.Width, 2, y);
        return new ImageFeatures(y, 2 * x.Height, 2 * x.Width);
    }

    public override void Dispose() => conv.Dispose();

    /// <summary>[(dy, dx, output), inputs]: a square's channels, counted as (output, dy, dx), are the inputs, each several times.</summary>
    private static float[] Repeats(int outputs, int inputs)
    {
        var (result, repeats) = (new float[4 * outputs * inputs], 4 * outputs / inputs);
        for (var at = 0; at < 4 * outputs; at++)
            result[(at % 4 * outputs + at / 4) * inputs + at / repeats] = 1;
        return result;
    }
}
