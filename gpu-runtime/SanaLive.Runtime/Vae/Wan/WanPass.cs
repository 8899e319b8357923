using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.Wan;

/// <summary>What layers work with while a frame goes through them.</summary>
/// <param name="Tails">The stream's, by the numbers that <see cref="WanLayout.Tail"/> gave.</param>
/// <param name="Work">Memory to work in.</param>
/// <param name="First">The frame belongs to the stream's first latent frame.</param>
internal readonly record struct WanPass(IReadOnlyList<CausalTail> Tails, WanWorkspace Work, bool First)
{
    /// <summary>Memory by the number that <see cref="WanLayout.Frame"/> gave.</summary>
    public Tensor Frame(int number) => Work.Frames[number];

    /// <summary>Rows and columns of pixels at a scale.</summary>
    public (int Height, int Width) Size(int scale) => (Work.Height * scale, Work.Width * scale);
}
