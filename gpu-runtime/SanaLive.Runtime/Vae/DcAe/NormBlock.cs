using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.DcAe;

/// <summary><c>activation(rms(x))</c>, before the decoder's last convolution.</summary>
internal sealed class NormBlock(KernelSet kernels, Checkpoint checkpoint, string name, int channels, Activation activation) : ImageBlock
{
    private const float Eps = 1e-5f;
    private readonly Tensor gain = kernels.Row(checkpoint.Take($"{name}.weight", channels));
    private readonly Tensor shift = kernels.Row(checkpoint.Take($"{name}.bias", channels));

    public override int Reach(int rows) => rows;

    public override long WorkingBytes(long pixels) => pixels * gain.Columns * sizeof(float);

    public override ImageFeatures Forward(ImageFeatures x)
    {
        kernels.RmsNorm(x.Values, gain, Eps, relu: false, x.Values);
        kernels.Add(shift, 1, x.Values);
        kernels.Activate(x.Values, activation, x.Values);
        return x;
    }

    public override void Dispose()
    {
        gain.Dispose();
        shift.Dispose();
    }
}
