using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.Wan;

/// <summary>
/// A layer that is given one frame after another. Frames are told apart by their distance: how many frames, at the layer's own rate, lie
/// between them and the next latent frame to be decoded (1 is the last one before it, 0 and less are its own).
/// </summary>
internal abstract class WanLayer : IDisposable
{
    /// <summary>The largest distance at which a frame at this layer's input still changes a picture of the next latent frame.</summary>
    public int Reach { get; protected set; }

    /// <summary>Sets <see cref="Reach"/> from that of the layer behind: from the last layer (behind which it is 0) to the first.</summary>
    public abstract void LookBack(int reachBehind);

    /// <summary>One frame. What nothing behind looks at may be left out.</summary>
    /// <param name="x">[pixels, channels]; may be worked on in place.</param>
    /// <param name="pass">The stream and memory to work in; the stream's tails are advanced.</param>
    /// <param name="distance">Of the frame.</param>
    /// <param name="then">Given each frame that comes out, and its distance at the rate of the layer behind.</param>
    public abstract void Forward(Tensor x, WanPass pass, int distance, Action<Tensor, int> then);

    public abstract void Dispose();
}
