using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae;

/// <summary>
/// Where a latent frame becomes pictures: a 1x1 convolution and a pixel shuffle for each. With a carry, the first three follow from the
/// last picture shown: <c>f[i] += share[i] (last - (2 f[0] - f[1]))</c>, what is taken off being this latent frame's own idea of that
/// picture. Each latent frame errs in its own way; so the difference fades out instead of being seen as a jump. The fourth
/// picture is left alone: it is the next frame's <c>last</c>, and comes from latents only.
/// </summary>
internal sealed class PictureSplit : IDisposable
{
    private const int Pictures = WorldVaeConfig.FramesPerLatent;
    private readonly KernelSet kernels;
    private readonly Weights[] up4;
    private readonly float[] carry;

    /// <param name="kernels">Runs it.</param>
    /// <param name="checkpoint"><c>decoder.up4</c> is taken.</param>
    /// <param name="inputs">Channels of the hidden state.</param>
    /// <param name="outputs">Channels of a picture.</param>
    /// <param name="carry">Shares of the first three pictures; empty: none follows from the last one.</param>
    public PictureSplit(KernelSet kernels, Checkpoint checkpoint, int inputs, int outputs, IReadOnlyList<float> carry)
    {
        this.kernels = kernels;
        this.carry = [.. carry];
        var rows = 4 * outputs;
        var weight = checkpoint.Take("decoder.up4.weight", Pictures * rows, inputs, 1, 1);
        var bias = checkpoint.Take("decoder.up4.bias", Pictures * rows);
        up4 = [.. Enumerable.Range(0, Pictures).Select(picture => VaeLayers.Shuffled1x1(
            kernels, weight.AsSpan(picture * rows * inputs, rows * inputs), bias.AsSpan(picture * rows, rows), rows, inputs))];
    }

    /// <summary>All pictures of a latent frame, into <see cref="WorldDecoderWorkspace.X4"/>.</summary>
    /// <param name="w">The hidden state is in <see cref="WorldDecoderWorkspace.X8"/>.</param>
    /// <param name="history">Its last picture is carried on, if it has one, and becomes this frame's.</param>
    public void Forward(WorldDecoderWorkspace w, WorldHistory history)
    {
        for (var picture = 0; picture < Pictures; picture++)
            Draw(w, picture);
        if (history.LastPicture is null)
            return;
        if (history.HasLastPicture)
        {
            kernels.Copy(history.LastPicture, w.Differs);
            kernels.Add(w.X4Frames[0], -2, w.Differs);
            kernels.Add(w.X4Frames[1], 1, w.Differs);
            for (var picture = 0; picture < carry.Length; picture++)
                kernels.Add(w.Differs, carry[picture], w.X4Frames[picture]);
        }

        history.Show(w.X4Frames[^1]);
    }

    /// <summary>What <see cref="Forward"/> leaves in a history that keeps the last picture, and nothing else.</summary>
    public void Remember(WorldDecoderWorkspace w, WorldHistory history)
    {
        Draw(w, Pictures - 1);
        history.Show(w.X4Frames[^1]);
    }

    public void Dispose()
    {
        foreach (var weights in up4)
            weights.Dispose();
    }

    private void Draw(WorldDecoderWorkspace w, int picture)
    {
        kernels.Linear(w.X8, up4[picture], w.Deep4);
        kernels.DepthToSpace(w.Deep4, 2 * w.Height, 2 * w.Width, 2, w.X4Frames[picture]);
    }
}
