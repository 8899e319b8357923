using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.Ltx2;

/// <summary>
/// A 3x3x3 convolution, frame by frame. Causal: a frame's output sees it and the two before. Looking ahead: it sees the one before, itself
/// and the one after, and comes when that one has. At the ends of a video the first (and, looking ahead, the last) frame is repeated.
/// </summary>
internal sealed class FrameConv : IDisposable
{
    private readonly KernelSet kernels;
    private readonly FrameLevel level;
    private readonly int slot;
    private readonly Weights[][] parts;
    private readonly bool looksAhead;

    /// <param name="kernels">Run it.</param>
    /// <param name="plan">Notes what it keeps.</param>
    /// <param name="level">Where it is.</param>
    /// <param name="shape">Inputs, padding and whether it looks ahead.</param>
    /// <param name="weights">Of each part of the outputs, [outputs, inputs, 3, 3, 3].</param>
    /// <param name="biases">Of each part.</param>
    public FrameConv(KernelSet kernels, FramePlan plan, FrameLevel level, FrameConvShape shape, float[][] weights, float[][] biases)
    {
        (this.kernels, this.level, looksAhead) = (kernels, level, shape.LooksAhead);
        slot = plan.Keep(level, shape.Inputs);
        parts = [.. weights.Zip(biases, (weight, bias) => Pack(kernels, weight, bias, shape))];
    }

    public int Parts => parts.Length;

    /// <summary>Output channels of a part.</summary>
    public int Outputs => parts[0][0].Outputs;

    /// <summary>Whether the next output will be the video's first.</summary>
    public bool IsFirst(FrameRun run) => !run.Memory(slot).Gave;

    /// <summary>Frames seen since one was given, in a layer that makes one of several.</summary>
    public int Waiting(FrameRun run) => run.Memory(slot).Waiting;

    public void Wait(FrameRun run, int frames) => run.Memory(slot).Waiting = frames;

    /// <summary>Whether an output can be made with this frame.</summary>
    public bool Begin(Tensor x, FrameRun run)
    {
        var memory = run.Memory(slot);
        if (memory.Began)
            return true;
        memory.Begin(x);
        return !looksAhead;
    }

    /// <summary>An output, or a part of it: <paramref name="y"/> = conv + <paramref name="residual"/>, which may be <paramref name="y"/>.</summary>
    public void Run(Tensor x, FrameRun run, Tensor y, int part = 0, Tensor? residual = null)
    {
        var (memory, height, width, taps) = (run.Memory(slot), run.Height(level), run.Width(level), parts[part]);
        kernels.Conv3x3(memory.Older, taps[0], height, width, y, new Epilogue(Residual: residual));
        kernels.Conv3x3(memory.Old, taps[1], height, width, y, new Epilogue(Residual: y));
        kernels.Conv3x3(x, taps[2], height, width, y, new Epilogue(Residual: y));
    }

    /// <summary>This frame becomes the last one seen.</summary>
    public void Finish(Tensor x, FrameRun run)
    {
        run.Memory(slot).Add(x);
        run.Memory(slot).Gave = true;
    }

    /// <summary>Whether an output is still to come, now that there are no more frames; it sees the last one again, which is given.</summary>
    public bool Last(FrameRun run, out Tensor last)
    {
        var memory = run.Memory(slot);
        last = memory.Old;
        return looksAhead && memory.Began && !memory.Ended;
    }

    /// <summary>The output that was still to come was made.</summary>
    public void FinishLast(FrameRun run) => (run.Memory(slot).Gave, run.Memory(slot).Ended) = (true, true);

    public void Dispose()
    {
        foreach (var weights in parts.SelectMany(taps => taps))
            weights.Dispose();
    }

    /// <summary>One 3x3 convolution for each of the three frames, the bias with the newest.</summary>
    private static Weights[] Pack(KernelSet kernels, float[] weight, float[] bias, FrameConvShape shape)
    {
        var tap = new float[weight.Length / 3];
        return [.. Enumerable.Range(0, 3).Select(t =>
        {
            for (var pair = 0; pair < tap.Length / 9; pair++)
                weight.AsSpan((pair * 3 + t) * 9, 9).CopyTo(tap.AsSpan(pair * 9));
            return kernels.PackConv3x3(tap, bias.Length, shape.Inputs, t == 2 ? bias : [], shape.Padding);
        })];
    }
}
