using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.Wan;

/// <summary>Softmax self-attention of one head within a frame, <c>x + proj(attention(rms(x)))</c>, in place.</summary>
internal sealed class WanAttention : WanLayer
{
    private readonly KernelSet kernels;
    private readonly int channels;
    private readonly Tensor norm;
    private readonly Weights[] projections;
    private readonly Weights proj;
    private readonly int[] frames;

    public WanAttention(KernelSet kernels, Checkpoint checkpoint, WanLayout layout, string name, int scale, int channels)
    {
        (this.kernels, this.channels) = (kernels, channels);
        norm = kernels.Row(checkpoint.Take($"{name}.norm.gamma", channels, 1, 1));
        var (weight, bias) = (checkpoint.Take($"{name}.to_qkv.weight", 3 * channels, channels, 1, 1), checkpoint.Take($"{name}.to_qkv.bias", 3 * channels));
        projections = [.. Enumerable.Range(0, 3).Select(part => kernels.PackLinear(
            weight.AsSpan(part * channels * channels, channels * channels), channels, channels, bias.AsSpan(part * channels, channels)))];
        proj = VaeLayers.Conv1x1(kernels, checkpoint, $"{name}.proj", channels, channels);
        frames = [.. new[] { "normed", "q", "k", "v" }.Select(role => layout.Frame(role, scale, channels))];
    }

    public override void LookBack(int reachBehind) => Reach = reachBehind;

    public override void Forward(Tensor x, WanPass pass, int distance, Action<Tensor, int> then)
    {
        var (normed, q, k, v) = (pass.Frame(frames[0]), pass.Frame(frames[1]), pass.Frame(frames[2]), pass.Frame(frames[3]));
        kernels.RmsNorm(x, norm, VaeLayers.RmsEps(channels), relu: false, normed);
        kernels.Linear(normed, projections[0], q);
        kernels.Linear(normed, projections[1], k);
        kernels.Linear(normed, projections[2], v);
        kernels.CrossAttention(q, k, v, heads: 1, normed);
        kernels.Linear(normed, proj, x, new Epilogue(Residual: x));
        then(x, distance);
    }

    public override void Dispose()
    {
        norm.Dispose();
        proj.Dispose();
        foreach (var weights in projections)
            weights.Dispose();
    }
}
