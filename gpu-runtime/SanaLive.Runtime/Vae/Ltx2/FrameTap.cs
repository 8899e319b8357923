using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.Ltx2;

/// <summary>Shows the frames of a place in the chain to an observer.</summary>
internal sealed class FrameTap(string name) : FrameLayer
{
    public override void Push(Tensor x, FrameRun run)
    {
        run.Observer?.Invoke(name, x);
        Give(x, run);
    }

    public override void Dispose()
    {
    }
}
