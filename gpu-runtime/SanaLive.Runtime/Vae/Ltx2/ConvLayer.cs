using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.Ltx2;

/// <summary>The first and the last convolution of a side: <c>conv(x)</c>, or <c>conv(silu(rms(x)))</c>.</summary>
internal sealed class ConvLayer : FrameLayer
{
    private readonly KernelSet kernels;
    private readonly FrameConv conv;
    private readonly Tensor? ones;
    private readonly int scratch;
    private readonly int output;
    private readonly FrameLevel level;

    /// <param name="layers">Load it.</param>
    /// <param name="level">Where it is.</param>
    /// <param name="inputs">Input channels.</param>
    /// <param name="weight">[outputs, inputs, 3, 3, 3].</param>
    /// <param name="bias">[outputs].</param>
    /// <param name="norm">A norm and SiLU come first.</param>
    public ConvLayer(Ltx2Layers layers, FrameLevel level, int inputs, float[] weight, float[] bias, bool norm)
    {
        (kernels, this.level) = (layers.Kernels, level);
        conv = layers.Conv(level, inputs, [weight], [bias]);
        ones = norm ? layers.Ones(inputs) : null;
        scratch = norm ? layers.Plan.Use("a", level, inputs) : -1;
        output = layers.Plan.Use("x", level, bias.Length);
    }

    public override void Push(Tensor x, FrameRun run)
    {
        if (ones is not null)
        {
            var a = run.Scratch(scratch);
            kernels.RmsNorm(x, ones, Ltx2Layers.NormEps, relu: false, a);
            kernels.Activate(a, Activation.Silu, a);
            x = a;
        }

        if (!conv.Begin(x, run))
            return;
        var y = run.Scratch(output);
        if (run.LastLevel >= level.Index + (Next is null ? 1 : 0))
            conv.Run(x, run, y);
        conv.Finish(x, run);
        if (run.LastLevel >= level.Index + (Next is null ? 1 : 0))
            Give(y, run);
    }

    public override void End(FrameRun run)
    {
        if (conv.Last(run, out var last))
        {
            conv.Run(last, run, run.Scratch(output));
            conv.FinishLast(run);
            Give(run.Scratch(output), run);
        }

        base.End(run);
    }

    public override void Dispose()
    {
        conv.Dispose();
        ones?.Dispose();
    }
}
