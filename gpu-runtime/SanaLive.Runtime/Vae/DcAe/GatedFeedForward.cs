using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.DcAe;

/// <summary><c>x + rms(point(a * silu(b)))</c>, a and b being the halves of <c>depthwise(silu(inverted(x)))</c>: diffusers' GLUMBConv.</summary>
internal sealed class GatedFeedForward : ImageBlock
{
    private const int Expansion = 4;
    private readonly KernelSet kernels;
    private readonly Weights inverted;
    private readonly Weights depthwise;
    private readonly Weights point;
    private readonly FeatureNorm norm;

    public GatedFeedForward(KernelSet kernels, Checkpoint checkpoint, string name, int channels)
    {
        this.kernels = kernels;
        var hidden = Expansion * channels;
        inverted = VaeLayers.Conv1x1(kernels, checkpoint, $"{name}.conv_inverted", 2 * hidden, channels);
        depthwise = kernels.PackDepthwise3x3(
            checkpoint.Take($"{name}.conv_depth.weight", 2 * hidden, 1, 3, 3), 2 * hidden, checkpoint.Take($"{name}.conv_depth.bias", 2 * hidden));
        point = kernels.PackLinear(checkpoint.Take($"{name}.conv_point.weight", channels, hidden, 1, 1), channels, hidden, []);
        norm = new FeatureNorm(kernels, checkpoint, $"{name}.norm", channels, batch: false);
    }

    public override int Reach(int rows) => rows + 1;

    public override long WorkingBytes(long pixels) => pixels * (inverted.Outputs + point.Inputs + 2 * point.Outputs) * sizeof(float);

    public override ImageFeatures Forward(ImageFeatures x)
    {
        using var wide = kernels.Create(x.Values.Rows, inverted.Outputs);
        using var gated = kernels.Create(x.Values.Rows, point.Inputs);
        using var y = kernels.Create(x.Values.Rows, point.Outputs);
        kernels.Linear(x.Values, inverted, wide, new Epilogue(Activation.Silu));
        kernels.DepthwiseGlu(wide, depthwise, x.Height, x.Width, gated);
        kernels.Linear(gated, point, y);
        norm.AddTo(y, x.Values);
        return x;
    }

    public override void Dispose()
    {
        inverted.Dispose();
        depthwise.Dispose();
        point.Dispose();
        norm.Dispose();
    }
}
