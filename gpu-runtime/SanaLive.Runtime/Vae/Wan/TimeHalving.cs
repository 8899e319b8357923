using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.Wan;

/// <summary>
/// Two frames become one, by a convolution over them and the one before. A clip's first frame passes as it is.
/// </summary>
internal sealed class TimeHalving : WanLayer
{
    private readonly KernelSet kernels;
    private readonly int tail;
    private readonly TimeTaps taps;
    private readonly int y;

    /// <param name="kernels">Runs it.</param>
    /// <param name="checkpoint"><c>{name}.weight</c> [channels, channels, 3, 1, 1] and <c>{name}.bias</c> are taken.</param>
    /// <param name="layout">Gets a tail and the result.</param>
    /// <param name="name">Of the convolution.</param>
    /// <param name="scale">Pixels on the side of a latent pixel.</param>
    /// <param name="channels">Input and output channels.</param>
    public TimeHalving(KernelSet kernels, Checkpoint checkpoint, WanLayout layout, string name, int scale, int channels)
    {
        this.kernels = kernels;
        tail = layout.Tail(scale, channels);
        y = layout.Frame("halved", scale, channels);
        taps = new TimeTaps(kernels, checkpoint.Take($"{name}.weight", channels, channels, 3, 1, 1), channels, checkpoint.Take($"{name}.bias", channels));
    }

    /// <summary>Clips are encoded from their beginning, and all of them: nothing asks.</summary>
    public override void LookBack(int reachBehind) => Reach = reachBehind;

    public override void Forward(Tensor x, WanPass pass, int distance, Action<Tensor, int> then)
    {
        var past = pass.Tails[tail];
        var seen = past.Count;
        if (seen == 2)
        {
            // The last frame of the pair before, the first of this one, and the second.
            taps.Forward(x, past, pass.Frame(y));
            past.Count = 0;
        }

        kernels.Copy(x, past.Older);
        past.Advance();
        if (seen != 1)
            then(seen == 0 ? x : pass.Frame(y), distance);
    }

    public override void Dispose() => taps.Dispose();
}
