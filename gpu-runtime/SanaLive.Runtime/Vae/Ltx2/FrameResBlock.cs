using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.Ltx2;

/// <summary>
/// <c>x + conv2(silu(rms(conv1(silu(rms(x))))))</c>; where the number of channels changes, x goes through a LayerNorm and a 1x1 convolution.
/// </summary>
internal sealed class FrameResBlock : FrameLayer
{
    private readonly KernelSet kernels;
    private readonly FrameConv conv1;
    private readonly FrameConv conv2;
    private readonly Tensor ones1;
    private readonly Tensor ones2;
    private readonly Tensor? norm3;
    private readonly Weights? shortcut;
    private readonly float normEps;
    private readonly int a;
    private readonly int b;
    private readonly int output;

    // Looking ahead, an output comes two frames later than its input, which is kept so long.
    private readonly int skip;
    private readonly bool looksAhead;

    public FrameResBlock(Ltx2Layers layers, string name, FrameLevel level, int inputs, int outputs, float normEps)
    {
        (kernels, this.normEps, looksAhead) = (layers.Kernels, normEps, layers.LooksAhead);
        conv1 = layers.Conv($"{name}.conv1", level, inputs, outputs);
        conv2 = layers.Conv($"{name}.conv2", level, outputs, outputs);
        (ones1, ones2) = (layers.Ones(inputs), layers.Ones(outputs));
        (a, b) = (layers.Plan.Use("a", level, inputs), layers.Plan.Use("b", level, outputs));
        output = looksAhead || inputs != outputs ? layers.Plan.Use("x", level, outputs) : -1;
        skip = looksAhead ? layers.Plan.Keep(level, inputs) : -1;
        if (inputs == outputs)
            return;
        var gain = layers.Checkpoint.Take($"{name}.norm3.weight", inputs);
        norm3 = kernels.Row([.. layers.Checkpoint.Take($"{name}.norm3.bias", inputs), .. gain.Select(value => value - 1)]);
        shortcut = kernels.PackLinear(
            layers.Checkpoint.Take($"{name}.conv_shortcut.weight", outputs, inputs, 1, 1, 1), outputs, inputs, layers.Checkpoint.Take($"{name}.conv_shortcut.bias", outputs));
    }

    public override void Push(Tensor x, FrameRun run)
    {
        var normed = run.Scratch(a);
        kernels.RmsNorm(x, ones1, Ltx2Layers.NormEps, relu: false, normed);
        kernels.Activate(normed, Activation.Silu, normed);
        var middle = run.Scratch(b);
        if (!looksAhead)
        {
            conv1.Begin(normed, run);
            conv1.Run(normed, run, middle);
            conv1.Finish(normed, run);
            Normalise(middle);
            conv2.Begin(middle, run);
            Give(Second(middle, x, run), run);
            return;
        }

        // Older is the input two frames ago when an output comes.
        var inputs = run.Memory(skip);
        if (conv1.Begin(normed, run))
        {
            conv1.Run(normed, run, middle);
            conv1.Finish(normed, run);
            Normalise(middle);
            if (conv2.Begin(middle, run))
            {
                // The output may take the place of x.
                kernels.Copy(inputs.Older, normed);
                inputs.Add(x);
                Give(Second(middle, normed, run), run);
                return;
            }
        }

        if (inputs.Began)
            inputs.Add(x);
        else
            inputs.Begin(x);
    }

    public override void End(FrameRun run)
    {
        if (conv1.Last(run, out var last1))
        {
            var middle = run.Scratch(b);
            conv1.Run(last1, run, middle);
            conv1.FinishLast(run);
            Normalise(middle);
            if (conv2.Begin(middle, run))
                Give(Second(middle, run.Memory(skip).Older, run), run);
        }

        if (conv2.Last(run, out var last2))
        {
            var y = Skip(run.Memory(skip).Old, run);
            conv2.Run(last2, run, run.Scratch(output), residual: y);
            conv2.FinishLast(run);
            Give(run.Scratch(output), run);
        }

        base.End(run);
    }

    public override void Dispose()
    {
        conv1.Dispose();
        conv2.Dispose();
        ones1.Dispose();
        ones2.Dispose();
        norm3?.Dispose();
        shortcut?.Dispose();
    }

    private Tensor Second(Tensor middle, Tensor x, FrameRun run)
    {
        var y = output < 0 ? x : run.Scratch(output);
        conv2.Run(middle, run, y, residual: Skip(x, run));
        conv2.Finish(middle, run);
        return y;
    }

    /// <summary>What goes past the convolutions.</summary>
    private Tensor Skip(Tensor x, FrameRun run)
    {
        if (shortcut is null)
            return x;
        var (normed, y) = (run.Scratch(a), run.Scratch(output));
        kernels.NormModulate(x, norm3!, 0, x.Columns, normEps, normed);
        kernels.Linear(normed, shortcut, y);
        return y;
    }

    private void Normalise(Tensor x)
    {
        kernels.RmsNorm(x, ones2, Ltx2Layers.NormEps, relu: false, x);
        kernels.Activate(x, Activation.Silu, x);
    }
}
