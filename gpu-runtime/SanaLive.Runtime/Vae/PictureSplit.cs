using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae;

/// <summary>
/// Where a latent frame becomes pictures: a 1x1 convolution and a pixel shuffle for each. With a carry, the first three follow from the
/// last picture shown: <c>f[i] += M[i] (last - before)</c>, where <c>before</c> is this latent frame's own idea of that picture. Each
/// latent frame errs in its own way; so the difference fades out instead of being seen as a jump. The fourth picture is left alone:
/// it is the next frame's <c>last</c>, and comes from latents only.
/// </summary>
internal sealed class PictureSplit : IDisposable
{
    private const int Pictures = WorldVaeConfig.FramesPerLatent;
    private readonly KernelSet kernels;
    private readonly Weights[] first;
    private readonly Weights[] following = [];
    private readonly Weights[] carry = [];

    /// <param name="kernels">Runs it.</param>
    /// <param name="checkpoint"><c>decoder.up4</c> and, with a carry, <c>decoder.before</c> and <c>decoder.carry</c> are taken.</param>
    /// <param name="inputs">Channels of the hidden state.</param>
    /// <param name="outputs">Channels of a picture.</param>
    /// <param name="carries">There is a carry.</param>
    public PictureSplit(KernelSet kernels, Checkpoint checkpoint, int inputs, int outputs, bool carries)
    {
        this.kernels = kernels;
        var rows = 4 * outputs;
        var weight = checkpoint.Take("decoder.up4.weight", Pictures * rows, inputs, 1, 1);
        var bias = checkpoint.Take("decoder.up4.bias", Pictures * rows);
        first = [.. Enumerable.Range(0, Pictures).Select(i => Pack(weight.AsSpan(i * rows * inputs, rows * inputs), bias.AsSpan(i * rows, rows)))];
        if (!carries)
            return;
        var beforeWeight = checkpoint.Take("decoder.before.weight", rows, inputs, 1, 1);
        var beforeBias = checkpoint.Take("decoder.before.bias", rows);
        var m = checkpoint.Take("decoder.carry.weight", (Pictures - 1) * outputs, outputs, 1, 1);
        carry = [.. Enumerable.Range(0, Pictures - 1).Select(i => kernels.PackLinear(m.AsSpan(i * outputs * outputs, outputs * outputs), outputs, outputs, []))];

        // What is taken off for the own idea is linear in the hidden state, as the pictures are: one matrix does both.
        following = [.. Enumerable.Range(0, Pictures).Select(i => i == Pictures - 1 ? first[i] : Pack(
            Less(weight.AsSpan(i * rows * inputs, rows * inputs), m.AsSpan(i * outputs * outputs, outputs * outputs), beforeWeight, outputs),
            Less(bias.AsSpan(i * rows, rows), m.AsSpan(i * outputs * outputs, outputs * outputs), beforeBias, outputs)))];

        Weights Pack(ReadOnlySpan<float> w, ReadOnlySpan<float> b) => VaeLayers.Shuffled1x1(kernels, w, b, rows, inputs);
    }

    public bool Carries => carry.Length > 0;

    /// <summary>All pictures of a latent frame, into <see cref="WorldDecoderWorkspace.X4"/>.</summary>
    /// <param name="w">The hidden state is in <see cref="WorldDecoderWorkspace.X8"/>.</param>
    /// <param name="history">Its last picture is carried on, if it has one, and becomes this frame's.</param>
    public void Forward(WorldDecoderWorkspace w, DecoderHistory history)
    {
        var follows = Carries && history.HasLastPicture;
        for (var i = 0; i < Pictures; i++)
            Draw(w, follows ? following[i] : first[i], w.X4Frames[i]);
        if (!Carries)
            return;
        for (var i = 0; follows && i < Pictures - 1; i++)
            kernels.Linear(history.LastPicture!, carry[i], w.X4Frames[i], new Epilogue(Residual: w.X4Frames[i]));
        history.Show(w.X4Frames[^1]);
    }

    /// <summary>What <see cref="Forward"/> leaves in the history, and nothing else.</summary>
    public void Remember(WorldDecoderWorkspace w, DecoderHistory history)
    {
        Draw(w, first[^1], w.X4Frames[^1]);
        history.Show(w.X4Frames[^1]);
    }

    public void Dispose()
    {
        foreach (var weights in first.Union(following).Union(carry))
            weights.Dispose();
    }

    private void Draw(WorldDecoderWorkspace w, Weights weights, Tensor picture)
    {
        kernels.Linear(w.X8, weights, w.Deep4);
        kernels.DepthToSpace(w.Deep4, 2 * w.Height, 2 * w.Width, 2, picture);
    }

    /// <summary><c>weight - M before</c> for rows in the order (channel, place in a square of 4), each with its inputs.</summary>
    private static float[] Less(ReadOnlySpan<float> weight, ReadOnlySpan<float> m, ReadOnlySpan<float> before, int channels)
    {
        var result = new float[weight.Length];
        var size = weight.Length / channels;
        for (var c = 0; c < channels; c++)
        {
            for (var i = 0; i < size; i++)
            {
                double sum = weight[c * size + i];
                for (var k = 0; k < channels; k++)
                    sum -= (double)m[c * channels + k] * before[k * size + i];
                result[c * size + i] = (float)sum;
            }
        }

        return result;
    }
}
