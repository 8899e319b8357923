using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.Wan;

/// <summary>The last two frames at the input of a layer that looks back in time: two tensors in turn.</summary>
internal sealed class CausalTail(Tensor first, Tensor second) : IDisposable
{
    private (Tensor Older, Tensor Last) frames = (first, second);

    /// <summary>Frames that are here, at most two.</summary>
    public int Count { get; set; }

    /// <summary>The frame before the last one; meaningful from two frames on. The next frame is written over it.</summary>
    public Tensor Older => frames.Older;

    /// <summary>The last frame; meaningful from one frame on.</summary>
    public Tensor Last => frames.Last;

    /// <summary>What was written over <see cref="Older"/> becomes <see cref="Last"/>.</summary>
    public void Advance()
    {
        frames = (frames.Last, frames.Older);
        Count = Math.Min(Count + 1, 2);
    }

    public void Dispose()
    {
        first.Dispose();
        second.Dispose();
    }
}
