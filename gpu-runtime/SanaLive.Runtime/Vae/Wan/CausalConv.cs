using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.Wan;

/// <summary>
/// A 3x3x3 convolution of <c>a</c> that sees a frame and the two before it: <c>y = bias + W0 a[t-2] + W1 a[t-1] + W2 a[t]</c>, each W a 3x3
/// convolution, frames before the first being zero. <c>a</c> is x, or <c>silu(rms(x))</c> for a convolution that has a norm before it.
/// </summary>
internal sealed class CausalConv : IDisposable
{
    private readonly KernelSet kernels;
    private readonly int inputs;
    private readonly int scale;
    private readonly int tail;
    private readonly Weights[] taps;
    private readonly Tensor? norm;

    /// <param name="kernels">Runs it.</param>
    /// <param name="checkpoint"><c>{name}.weight</c> [outputs, inputs, 3, 3, 3] and <c>{name}.bias</c> are taken.</param>
    /// <param name="layout">Gets a tail more.</param>
    /// <param name="name">Of the convolution.</param>
    /// <param name="norm">Of the norm before it, whose <c>{norm}.gamma</c> is taken; null without.</param>
    /// <param name="scale">Pixels on the side of a latent pixel.</param>
    /// <param name="inputs">Input channels.</param>
    /// <param name="outputs">Output channels.</param>
    public CausalConv(KernelSet kernels, Checkpoint checkpoint, WanLayout layout, string name, string? norm, int scale, int inputs, int outputs)
    {
        (this.kernels, this.inputs, this.scale) = (kernels, inputs, scale);
        tail = layout.Tail(scale, inputs);
        this.norm = norm is null ? null : kernels.Row(checkpoint.Take($"{norm}.gamma", inputs, 1, 1, 1));
        var weight = checkpoint.Take($"{name}.weight", outputs, inputs, 3, 3, 3);
        var bias = checkpoint.Take($"{name}.bias", outputs);
        taps = [.. Enumerable.Range(0, 3).Select(tap => kernels.PackConv3x3(Tap(weight, tap), outputs, inputs, tap == 2 ? bias : default))];
    }

    /// <summary>As <see cref="WanLayer.Reach"/>.</summary>
    public int Reach { get; private set; }

    /// <summary>Sets <see cref="Reach"/>.</summary>
    public int LookBack(int reachBehind) => Reach = reachBehind + 2;

    /// <summary>One frame; <c>y = residual + conv</c>.</summary>
    /// <param name="x">[pixels, inputs].</param>
    /// <param name="pass">The stream.</param>
    /// <param name="distance">Of the frame.</param>
    /// <param name="y">[pixels, outputs], not x.</param>
    /// <param name="residual">May be y; null adds nothing.</param>
    public void Forward(Tensor x, WanPass pass, int distance, Tensor y, Tensor? residual = null)
    {
        var (past, wanted) = (pass.Tails[tail], distance <= Reach - 2);
        var (height, width) = pass.Size(scale);
        var seen = past.Count;

        // The oldest frame first: then the new one takes its place.
        if (wanted && seen > 1)
            Add(past.Older, taps[0]);
        Enter(x, past.Older);
        if (wanted && seen > 0)
            Add(past.Last, taps[1]);
        if (wanted)
            Add(past.Older, taps[2]);
        past.Advance();

        void Add(Tensor frame, Weights weights)
        {
            kernels.Conv3x3(frame, weights, height, width, y, new Epilogue(Residual: residual));
            residual = y;
        }
    }

    public void Dispose()
    {
        norm?.Dispose();
        foreach (var weights in taps)
            weights.Dispose();
    }

    private void Enter(Tensor x, Tensor target)
    {
        if (norm is null)
        {
            kernels.Copy(x, target);
            return;
        }

        kernels.RmsNorm(x, norm, VaeLayers.RmsEps(inputs), relu: false, target);
        kernels.Activate(target, Activation.Silu, target);
    }

    /// <summary>One moment of [outputs, inputs, 3, 3, 3] as [outputs, inputs, 3, 3].</summary>
    private static float[] Tap(ReadOnlySpan<float> weight, int tap)
    {
        var result = new float[weight.Length / 3];
        for (var kernel = 0; kernel < result.Length / 9; kernel++)
            weight.Slice((3 * kernel + tap) * 9, 9).CopyTo(result.AsSpan(kernel * 9));
        return result;
    }
}
