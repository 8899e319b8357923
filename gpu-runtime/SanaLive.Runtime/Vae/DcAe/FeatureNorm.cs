using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.DcAe;

/// <summary>
/// The norm behind a layer without a bias, which it may become a part of: a batch norm's statistics are constants, so they scale the
/// layer's weights and make its bias; an RMS norm runs by itself.
/// </summary>
internal sealed class FeatureNorm : IDisposable
{
    private const float Eps = 1e-5f;
    private readonly KernelSet kernels;
    private readonly float[]? factor;
    private readonly Tensor? gain;
    private readonly Tensor? shift;

    /// <summary>Takes <c>weight</c>, <c>bias</c> and, for a batch norm, <c>running_mean</c> and <c>running_var</c>.</summary>
    public FeatureNorm(KernelSet kernels, Checkpoint checkpoint, string name, int channels, bool batch)
    {
        this.kernels = kernels;
        var weight = checkpoint.Take($"{name}.weight", channels);
        var bias = checkpoint.Take($"{name}.bias", channels);
        if (!batch)
        {
            (gain, shift) = (kernels.Row(weight), kernels.Row(bias));
            return;
        }

        var mean = checkpoint.Take($"{name}.running_mean", channels);
        var variance = checkpoint.Take($"{name}.running_var", channels);
        checkpoint.Leave($"{name}.num_batches_tracked");
        factor = [.. weight.Select((value, c) => (float)(value / Math.Sqrt((double)variance[c] + Eps)))];
        Bias = [.. bias.Select((value, c) => (float)(value - (double)mean[c] * factor[c]))];
    }

    /// <summary>Of the layer before; empty for an RMS norm.</summary>
    public float[] Bias { get; } = [];

    /// <summary>Scales the layer's weights, [outputs, ...], in place.</summary>
    public float[] Scale(float[] weight)
    {
        for (var i = 0; i < weight.Length && factor is not null; i++)
            weight[i] *= factor[i / (weight.Length / factor.Length)];
        return weight;
    }

    /// <summary><c>x += norm(y)</c>; y is changed.</summary>
    public void AddTo(Tensor y, Tensor x)
    {
        if (gain is not null)
        {
            kernels.RmsNorm(y, gain, Eps, relu: false, y);
            kernels.Add(shift!, 1, y);
        }

        kernels.Add(y, 1, x);
    }

    public void Dispose()
    {
        gain?.Dispose();
        shift?.Dispose();
    }
}
