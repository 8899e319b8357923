using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.Ltx2;

/// <summary>What layers work in, for one size of latents.</summary>
internal sealed class FrameWorkspace(Tensor[] tensors, int latentHeight, int latentWidth) : IDisposable
{
    public int LatentHeight => latentHeight;

    public int LatentWidth => latentWidth;

    public Tensor this[int slot] => tensors[slot];

    public void Dispose()
    {
        foreach (var tensor in tensors)
            tensor.Dispose();
    }
}
