using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.Wan;

/// <summary><c>shortcut(x) + conv2(silu(norm2(conv1(silu(norm1(x))))))</c>; the shortcut is a 1x1 convolution where the width changes, else x, and then in place.</summary>
internal sealed class WanResBlock : WanLayer
{
    private readonly KernelSet kernels;
    private readonly CausalConv conv1;
    private readonly CausalConv conv2;
    private readonly Weights? shortcut;
    private readonly int inner;
    private readonly int y;

    public WanResBlock(KernelSet kernels, Checkpoint checkpoint, WanLayout layout, string name, int scale, int inputs, int outputs)
    {
        this.kernels = kernels;
        conv1 = new CausalConv(kernels, checkpoint, layout, $"{name}.conv1", $"{name}.norm1", scale, inputs, outputs);
        conv2 = new CausalConv(kernels, checkpoint, layout, $"{name}.conv2", $"{name}.norm2", scale, outputs, outputs);
        inner = layout.Frame("inner", scale, outputs);
        if (inputs == outputs)
            return;
        shortcut = kernels.PackLinear(
            checkpoint.Take($"{name}.conv_shortcut.weight", outputs, inputs, 1, 1, 1), outputs, inputs, checkpoint.Take($"{name}.conv_shortcut.bias", outputs));
        y = layout.Frame("x", scale, outputs);
    }

    public override void LookBack(int reachBehind) => Reach = conv1.LookBack(conv2.LookBack(reachBehind));

    public override void Forward(Tensor x, WanPass pass, int distance, Action<Tensor, int> then)
    {
        conv1.Forward(x, pass, distance, pass.Frame(inner));
        if (distance > conv2.Reach)
            return;
        if (shortcut is not null)
        {
            kernels.Linear(x, shortcut, pass.Frame(y));
            x = pass.Frame(y);
        }

        conv2.Forward(pass.Frame(inner), pass, distance, x, residual: x);
        then(x, distance);
    }

    public override void Dispose()
    {
        conv1.Dispose();
        conv2.Dispose();
        shortcut?.Dispose();
    }
}
