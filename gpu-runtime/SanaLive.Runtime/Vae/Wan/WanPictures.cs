using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.Wan;

/// <summary>The pictures of one latent frame, in one tensor.</summary>
internal sealed class WanPictures : IDisposable
{
    private readonly KernelSet kernels;
    private readonly Tensor all;
    private readonly Tensor[] pictures;
    private readonly Tensor[] firsts;
    private int count;

    public WanPictures(KernelSet kernels, int capacity, int pixels)
    {
        this.kernels = kernels;
        all = kernels.Create(capacity * pixels, 3);
        pictures = [.. Enumerable.Range(0, capacity).Select(picture => all.Slice(picture * pixels, pixels))];
        firsts = [.. Enumerable.Range(1, capacity).Select(pictures => all.Slice(0, pictures * pixels))];
    }

    /// <summary>[pictures * pixels, 3]: those that were added.</summary>
    public Tensor Made => firsts[count - 1];

    /// <summary>Numbers of all there is room for.</summary>
    public long Count => all.Count;

    public void Begin() => count = 0;

    public void Add(Tensor picture) => kernels.Copy(picture, pictures[count++]);

    public void Dispose()
    {
        foreach (var view in pictures.Concat(firsts))
            view.Dispose();
        all.Dispose();
    }
}
