using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.Ltx2;

/// <summary>
/// Smaller frames, fewer of them, or both, diffusers' LTX2VideoDownsampler3d: squares of pixels in one or two frames of a convolution
/// become channels, plus the means of groups of the input's channels, moved the same way. A video's first frame counts twice where two
/// become one. Causal only.
/// </summary>
internal sealed class HalvingLayer : FrameLayer
{
    private readonly KernelSet kernels;
    private readonly FrameLevel from;
    private readonly FrameConv conv;
    private readonly int pixels;

    // Of each frame that goes into one: what puts (dy, dx, channel) into the order (channel, frame, dy, dx), a matrix of ones and zeros,
    // and what takes the means.
    private readonly Weights[] order;
    private readonly Weights[] means;
    private readonly int fine;
    private readonly int deep;
    private readonly int squares;
    private readonly int output;

    public HalvingLayer(Ltx2Layers layers, string name, FrameLevel from, FrameLevel to, Ltx2Stage stage)
    {
        (kernels, this.from, pixels) = (layers.Kernels, from, stage.PixelFactor);
        var (inputs, outputs, inner) = (stage.Inputs, stage.Outputs, stage.Outputs / stage.Places);
        conv = layers.Conv(name, from, inputs, inner);
        order = [.. Enumerable.Range(0, stage.FrameFactor).Select(frame => Moved(frame, inner, 1))];
        means = [.. Enumerable.Range(0, stage.FrameFactor).Select(frame => Moved(frame, inputs, inputs * stage.Places / outputs))];
        fine = layers.Plan.Use("fine", from, inner);
        deep = layers.Plan.Use("deep", to, inner * pixels * pixels);
        squares = layers.Plan.Use("squares", to, inputs * pixels * pixels);
        output = layers.Plan.Use("x", to, outputs);

        // Channels counted as (channel, frame, dy, dx) are averaged in groups of so many.
        Weights Moved(int frame, int channels, int group)
        {
            var (places, width) = (pixels * pixels, channels * pixels * pixels);
            var matrix = new float[outputs * width];
            for (var c = 0; c < channels; c++)
            {
                for (var place = 0; place < places; place++)
                    matrix[((c * stage.FrameFactor + frame) * places + place) / group * width + place * channels + c] = 1f / group;
            }

            return kernels.PackLinear(matrix, outputs, width, []);
        }
    }

    public override void Push(Tensor x, FrameRun run)
    {
        conv.Begin(x, run);
        if (conv.IsFirst(run))
        {
            for (var frame = 1; frame < order.Length; frame++)
                Take(x, run);
        }

        if (Take(x, run))
            Give(run.Scratch(output), run);
    }

    public override void Dispose()
    {
        conv.Dispose();
        foreach (var weights in order.Concat(means))
            weights.Dispose();
    }

    /// <summary>Adds a frame to those that become one; says whether it was the last of them.</summary>
    private bool Take(Tensor x, FrameRun run)
    {
        var (height, width, y) = (run.Height(from), run.Width(from), run.Scratch(output));
        var frame = conv.Waiting(run);
        conv.Run(x, run, run.Scratch(fine));
        conv.Finish(x, run);
        kernels.SpaceToDepth(run.Scratch(fine), height, width, pixels, run.Scratch(deep));
        kernels.SpaceToDepth(x, height, width, pixels, run.Scratch(squares));
        kernels.Linear(run.Scratch(deep), order[frame], y, frame == 0 ? default : new Epilogue(Residual: y));
        kernels.Linear(run.Scratch(squares), means[frame], y, new Epilogue(Residual: y));
        conv.Wait(run, (frame + 1) % order.Length);
        return frame + 1 == order.Length;
    }
}
