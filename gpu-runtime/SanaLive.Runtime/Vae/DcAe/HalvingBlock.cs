using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.DcAe;

/// <summary>
/// Half the size, diffusers' DCDownBlock2d: a convolution, either with a stride of two or followed by moving squares of pixels to
/// channels, plus the means of groups of a square's channels.
/// </summary>
internal sealed class HalvingBlock : ImageBlock
{
    private readonly KernelSet kernels;
    private readonly Weights conv;

    // For squares after the convolution: what puts (dy, dx, channel) into the order (channel, dy, dx), a matrix of ones and zeros.
    private readonly Weights? order;
    private readonly Weights? means;

    public HalvingBlock(KernelSet kernels, Checkpoint checkpoint, string name, int inputs, int outputs, bool unshuffles, bool shortcut)
    {
        this.kernels = kernels;
        if (!unshuffles)
        {
            var weight = SquareConv.Halving(checkpoint.Take($"{name}.conv.weight", outputs, inputs, 3, 3), outputs, inputs);
            if (shortcut)
                SquareConv.AddToMiddle(weight, SquareConv.Means(outputs, inputs));
            conv = kernels.PackConv3x3(weight, outputs, 4 * inputs, checkpoint.Take($"{name}.conv.bias", outputs));
            return;
        }

        conv = VaeLayers.Conv3x3(kernels, checkpoint, $"{name}.conv", outputs / 4, inputs);
        order = kernels.PackLinear(SquareConv.Means(outputs, outputs / 4), outputs, outputs, []);
        if (shortcut)
            means = kernels.PackLinear(SquareConv.Means(outputs, inputs), outputs, 4 * inputs, []);
    }

    public override int OutputsOfTwo => 1;

    public override int Reach(int rows) => 2 * rows + 2;

    public override long WorkingBytes(long pixels) => order is null
        ? (2 * pixels * (conv.Inputs / 4) + pixels / 4 * conv.Outputs) * sizeof(float)
        : pixels * (2 * conv.Inputs + 3 * conv.Outputs) * sizeof(float);

    public override ImageFeatures Forward(ImageFeatures x)
    {
        var (height, width) = (x.Height / 2, x.Width / 2);
        using var squares = kernels.Create(height * width, 4 * x.Values.Columns);
        kernels.SpaceToDepth(x.Values, x.Height, x.Width, 2, squares);
        if (order is null)
        {
            x.Values.Dispose();
            var halved = kernels.Create(height * width, conv.Outputs);
            kernels.Conv3x3(squares, conv, height, width, halved);
            return new ImageFeatures(halved, height, width);
        }

        using var fine = kernels.Create(x.Values.Rows, conv.Outputs);
        kernels.Conv3x3(x.Values, conv, x.Height, x.Width, fine);
        x.Values.Dispose();
        using var deep = kernels.Create(height * width, order.Inputs);
        kernels.SpaceToDepth(fine, x.Height, x.Width, 2, deep);
        var y = kernels.Create(height * width, order.Outputs);
        kernels.Linear(deep, order, y);
        if (means is not null)
            kernels.Linear(squares, means, y, new Epilogue(Residual: y));
        return new ImageFeatures(y, height, width);
    }

    public override void Dispose()
    {
        conv.Dispose();
        order?.Dispose();
        means?.Dispose();
    }
}
