using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.Ltx2;

/// <summary>
/// A layer through which a video goes frame by frame, each frame through all layers before the next one: so memory depends on the size of
/// a frame and not on their number. A layer that looks ahead gives a frame only when it has seen the one after it.
/// </summary>
internal abstract class FrameLayer : IDisposable
{
    /// <summary>The layer that gets what this one gives; none behind the last.</summary>
    public FrameLayer? Next { get; set; }

    /// <summary>The next frame, which the layer may change.</summary>
    public abstract void Push(Tensor x, FrameRun run);

    /// <summary>There are no more frames: what is still to come is given.</summary>
    public virtual void End(FrameRun run) => Next?.End(run);

    public abstract void Dispose();

    /// <summary>Hands a frame on.</summary>
    protected void Give(Tensor y, FrameRun run)
    {
        if (Next is null)
            run.Output?.Invoke(y);
        else
            Next.Push(y, run);
    }
}
