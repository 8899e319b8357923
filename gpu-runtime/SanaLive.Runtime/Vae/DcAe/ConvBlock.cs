using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.DcAe;

/// <summary><c>x + norm(conv2(activation(conv1(x))))</c>, diffusers' ResBlock.</summary>
internal sealed class ConvBlock : ImageBlock
{
    private readonly KernelSet kernels;
    private readonly Weights conv1;
    private readonly Weights conv2;
    private readonly FeatureNorm norm;
    private readonly Activation activation;

    public ConvBlock(KernelSet kernels, Checkpoint checkpoint, string name, DcAeStage stage)
    {
        (this.kernels, activation) = (kernels, stage.Activation);
        var channels = stage.Channels;
        norm = new FeatureNorm(kernels, checkpoint, $"{name}.norm", channels, stage.BatchNorm);
        conv1 = VaeLayers.Conv3x3(kernels, checkpoint, $"{name}.conv1", channels, channels);
        conv2 = kernels.PackConv3x3(norm.Scale(checkpoint.Take($"{name}.conv2.weight", channels, channels, 3, 3)), channels, channels, norm.Bias);
    }

    public override int Reach(int rows) => rows + 2;

    public override long WorkingBytes(long pixels) => 3 * pixels * conv1.Outputs * sizeof(float);

    public override ImageFeatures Forward(ImageFeatures x)
    {
        using var a = kernels.Create(x.Values.Rows, conv1.Outputs);
        using var b = kernels.Create(x.Values.Rows, conv2.Outputs);
        kernels.Conv3x3(x.Values, conv1, x.Height, x.Width, a, new Epilogue(activation));
        kernels.Conv3x3(a, conv2, x.Height, x.Width, b);
        norm.AddTo(b, x.Values);
        return x;
    }

    public override void Dispose()
    {
        conv1.Dispose();
        conv2.Dispose();
        norm.Dispose();
    }
}
