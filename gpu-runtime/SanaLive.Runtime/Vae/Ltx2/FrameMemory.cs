using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.Ltx2;

/// <summary>The last two frames that a layer has seen.</summary>
internal sealed class FrameMemory(KernelSet kernels, int rows, int channels) : IDisposable
{
    public Tensor Older { get; } = kernels.Create(rows, channels);

    public Tensor Old { get; } = kernels.Create(rows, channels);

    /// <summary>A frame was seen; before, both are nothing.</summary>
    public bool Began { get; set; }

    /// <summary>A frame was given.</summary>
    public bool Gave { get; set; }

    /// <summary>Frames seen since one was given, in a layer that makes one of several.</summary>
    public int Waiting { get; set; }

    /// <summary>The clip is over and its last frame given.</summary>
    public bool Ended { get; set; }

    /// <summary>The first frame stands for what was before it.</summary>
    public void Begin(Tensor x)
    {
        kernels.Copy(x, Older);
        kernels.Copy(x, Old);
        Began = true;
    }

    public void Add(Tensor x)
    {
        kernels.Copy(Old, Older);
        kernels.Copy(x, Old);
    }

    public void Forget() => (Began, Gave, Ended, Waiting) = (false, false, false, 0);

    public void CopyFlags(FrameMemory other) => (Began, Gave, Ended, Waiting) = (other.Began, other.Gave, other.Ended, other.Waiting);

    public void Dispose()
    {
        Older.Dispose();
        Old.Dispose();
    }
}
