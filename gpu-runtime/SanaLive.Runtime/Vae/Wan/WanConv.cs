using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.Wan;

/// <summary>A causal convolution on its own: the first layer, and the last one with its norm.</summary>
internal sealed class WanConv(KernelSet kernels, Checkpoint checkpoint, WanLayout layout, string name, string? norm, int scale, int inputs, int outputs) : WanLayer
{
    private readonly CausalConv conv = new(kernels, checkpoint, layout, name, norm, scale, inputs, outputs);

    // The last layer's result has as many channels as its input in some models, and must not lie over it.
    private readonly int y = layout.Frame(norm is null ? "x" : "result", scale, outputs);

    public override void LookBack(int reachBehind) => Reach = conv.LookBack(reachBehind);

    public override void Forward(Tensor x, WanPass pass, int distance, Action<Tensor, int> then)
    {
        conv.Forward(x, pass, distance, pass.Frame(y));
        then(pass.Frame(y), distance);
    }

    public override void Dispose() => conv.Dispose();
}
