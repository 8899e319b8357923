using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.Wan;

/// <summary>
/// Every frame becomes two, each by a convolution over it and the two frames before. A stream's first frame passes as it is, and counts
/// as zero for those after it.
/// </summary>
internal sealed class TimeDoubling : WanLayer
{
    private readonly KernelSet kernels;
    private readonly int tail;
    private readonly TimeTaps[] halves;
    private readonly int y;
    private int reachBehind;

    /// <param name="kernels">Runs it.</param>
    /// <param name="checkpoint"><c>{name}.weight</c> [2 channels, channels, 3, 1, 1] and <c>{name}.bias</c> are taken, the first frame's half before the second's.</param>
    /// <param name="layout">Gets a tail and the result.</param>
    /// <param name="name">Of the convolution.</param>
    /// <param name="scale">Pixels on the side of a latent pixel.</param>
    /// <param name="channels">Input and output channels.</param>
    public TimeDoubling(KernelSet kernels, Checkpoint checkpoint, WanLayout layout, string name, int scale, int channels)
    {
        this.kernels = kernels;
        tail = layout.Tail(scale, channels);
        y = layout.Frame("doubled", scale, channels);
        var (weight, bias) = (checkpoint.Take($"{name}.weight", 2 * channels, channels, 3, 1, 1), checkpoint.Take($"{name}.bias", 2 * channels));
        halves = [.. Enumerable.Range(0, 2).Select(half => new TimeTaps(
            kernels, weight.AsSpan(half * weight.Length / 2, weight.Length / 2), channels, bias.AsSpan(half * channels, channels)))];
    }

    /// <summary>A frame at distance d becomes frames at 2 d and 2 d - 1, and looks two frames back.</summary>
    public override void LookBack(int reachBehind)
    {
        this.reachBehind = reachBehind;
        Reach = (reachBehind + 1) / 2 + 2;
    }

    public override void Forward(Tensor x, WanPass pass, int distance, Action<Tensor, int> then)
    {
        // A stream's first frame stands at the place of the second of two.
        if (pass.First)
        {
            then(x, 2 * distance - 1);
            return;
        }

        // Both while x is as it is: what follows works elsewhere.
        for (var half = 0; half < 2; half++)
        {
            if (2 * distance - half > reachBehind)
                continue;
            halves[half].Forward(x, pass.Tails[tail], pass.Frame(y));
            then(pass.Frame(y), 2 * distance - half);
        }

        kernels.Copy(x, pass.Tails[tail].Older);
        pass.Tails[tail].Advance();
    }

    public override void Dispose()
    {
        foreach (var half in halves)
            half.Dispose();
    }
}
