using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae;

/// <summary>
/// A causal convolution over three latent frames: with <c>a = silu(rms(x))</c>,
/// <c>x += bias + W0 a[t-2] + W1 a[t-1] + W2 a[t]</c>. The two earlier a's are the stream's history.
/// </summary>
internal sealed class TemporalBlock : IDisposable
{
    private readonly KernelSet kernels;
    private readonly int channels;
    private readonly Tensor norm;
    private readonly Weights[] taps;

    public TemporalBlock(KernelSet kernels, Checkpoint checkpoint, string name, int channels)
    {
        this.kernels = kernels;
        this.channels = channels;
        norm = kernels.Row(checkpoint.Take($"{name}.norm.gain", channels));
        var weight = checkpoint.Take($"{name}.conv.weight", channels, channels, 3, 1, 1);
        var bias = checkpoint.Take($"{name}.conv.bias", channels);
        taps = [.. Enumerable.Range(0, 3).Select(tap => kernels.PackLinear(
            [.. Enumerable.Range(0, channels * channels).Select(i => weight[3 * i + tap])], channels, channels, tap == 2 ? bias : default))];
    }

    /// <summary>One latent frame, in place.</summary>
    /// <param name="x">[pixels, channels].</param>
    /// <param name="a">Scratch.</param>
    /// <param name="older">a of two frames before; becomes that of the frame before.</param>
    /// <param name="old">a of the frame before; becomes this frame's.</param>
    public void Forward(Tensor x, Tensor a, Tensor older, Tensor old)
    {
        kernels.RmsNorm(x, norm, VaeLayers.RmsEps(channels), relu: false, a);
        kernels.Activate(a, Activation.Silu, a);
        kernels.Linear(older, taps[0], x, new Epilogue(Residual: x));
        kernels.Linear(old, taps[1], x, new Epilogue(Residual: x));
        kernels.Linear(a, taps[2], x, new Epilogue(Residual: x));
        kernels.Copy(old, older);
        kernels.Copy(a, old);
    }

    public void Dispose()
    {
        norm.Dispose();
        foreach (var tap in taps)
            tap.Dispose();
    }
}
