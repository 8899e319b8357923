using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.Ltx2;

/// <summary>
/// Larger frames, more of them, or both, diffusers' LTX2VideoUpsampler3d: a convolution whose channels become squares of pixels in one or
/// two frames, plus, with a residual, the input's channels moved the same way and repeated. Of a video's first frame only the last one
/// is given.
/// </summary>
internal sealed class DoublingLayer : FrameLayer
{
    private readonly KernelSet kernels;
    private readonly FrameLevel from;
    private readonly FrameLevel to;
    private readonly FrameConv conv;
    private readonly int pixels;
    private readonly int deep;
    private readonly int output;

    public DoublingLayer(Ltx2Layers layers, string name, FrameLevel from, FrameLevel to, int inputs, Ltx2Stage stage)
    {
        (kernels, this.from, this.to, pixels) = (layers.Kernels, from, to, stage.PixelFactor);
        var (outputs, squares, places) = (stage.Outputs, pixels * pixels, stage.Places);
        var weight = layers.ConvWeight(name, outputs * places, inputs);
        var bias = layers.ConvBias(name, outputs * places);
        if (stage.Residual)
        {
            var moved = inputs / places;
            for (var row = 0; row < outputs * places; row++)
                weight[((row * inputs + row / places % moved * places + row % places) * 3 + layers.OwnTap) * 9 + 4] += 1;
        }

        // Rows are (output, frame, dy, dx) in the checkpoint; each frame gets its own (dy, dx, output).
        var length = weight.Length / bias.Length;
        float[][] weights = [.. Frames(frame => Rows(weight, length, frame))], biases = [.. Frames(frame => Rows(bias, 1, frame))];
        conv = layers.Conv(from, inputs, weights, biases);
        deep = layers.Plan.Use("deep", from, outputs * squares);
        output = layers.Plan.Use("x", to, outputs);

        IEnumerable<float[]> Frames(Func<int, float[]> make) => Enumerable.Range(0, stage.FrameFactor).Select(make);

        float[] Rows(float[] values, int size, int frame)
        {
            var rows = new float[outputs * squares * size];
            for (var o = 0; o < outputs; o++)
            {
                for (var place = 0; place < squares; place++)
                    values.AsSpan((o * places + frame * squares + place) * size, size).CopyTo(rows.AsSpan((place * outputs + o) * size));
            }

            return rows;
        }
    }

    public override void Push(Tensor x, FrameRun run)
    {
        if (!conv.Begin(x, run))
            return;
        if (run.LastLevel >= to.Index)
            GiveAll(x, run);
        conv.Finish(x, run);
    }

    public override void End(FrameRun run)
    {
        if (conv.Last(run, out var last))
        {
            GiveAll(last, run);
            conv.FinishLast(run);
        }

        base.End(run);
    }

    public override void Dispose() => conv.Dispose();

    private void GiveAll(Tensor x, FrameRun run)
    {
        var (squares, y) = (run.Scratch(deep), run.Scratch(output));
        for (var frame = conv.IsFirst(run) ? conv.Parts - 1 : 0; frame < conv.Parts; frame++)
        {
            conv.Run(x, run, squares, frame);
            kernels.DepthToSpace(squares, run.Height(from), run.Width(from), pixels, y);
            Give(y, run);
        }
    }
}
