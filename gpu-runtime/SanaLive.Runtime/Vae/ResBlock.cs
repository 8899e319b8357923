using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae;

/// <summary><c>x + conv2(silu(norm2(conv1(silu(norm1(x))))))</c>, in place; the norms may be absent.</summary>
internal sealed class ResBlock(KernelSet kernels, Checkpoint checkpoint, string name, int channels, bool norms) : IDisposable
{
    private readonly Weights conv1 = VaeLayers.Conv3x3(kernels, checkpoint, $"{name}.conv1", channels, channels);
    private readonly Weights conv2 = VaeLayers.Conv3x3(kernels, checkpoint, $"{name}.conv2", channels, channels);
    private readonly Tensor? norm1 = norms ? kernels.Row(checkpoint.Take($"{name}.norm1.gain", channels)) : null;
    private readonly Tensor? norm2 = norms ? kernels.Row(checkpoint.Take($"{name}.norm2.gain", channels)) : null;

    /// <summary>All of the same shape, [frames * height * width, channels]; a and b are scratch.</summary>
    public void Forward(Tensor x, Tensor a, Tensor b, int height, int width)
    {
        if (norm1 is null || norm2 is null)
        {
            kernels.Activate(x, Activation.Silu, a);
            kernels.Conv3x3(a, conv1, height, width, b, new Epilogue(Activation.Silu));
        }
        else
        {
            kernels.RmsNorm(x, norm1, VaeLayers.RmsEps(channels), relu: false, a);
            kernels.Activate(a, Activation.Silu, a);
            kernels.Conv3x3(a, conv1, height, width, b);
            kernels.RmsNorm(b, norm2, VaeLayers.RmsEps(channels), relu: false, b);
            kernels.Activate(b, Activation.Silu, b);
        }

        kernels.Conv3x3(b, conv2, height, width, x, new Epilogue(Residual: x));
    }

    public void Dispose()
    {
        conv1.Dispose();
        conv2.Dispose();
        norm1?.Dispose();
        norm2?.Dispose();
    }
}
