using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.Wan;

/// <summary>Feature maps of one frame at a time, for latent frames of one size.</summary>
/// <param name="Height">Of the latent frames.</param>
/// <param name="Width">Of the latent frames.</param>
/// <param name="Frames">By the numbers that <see cref="WanLayout.Frame"/> gave.</param>
internal sealed record WanWorkspace(int Height, int Width, IReadOnlyList<Tensor> Frames) : IDisposable
{
    public void Dispose()
    {
        foreach (var frame in Frames)
            frame.Dispose();
    }
}
