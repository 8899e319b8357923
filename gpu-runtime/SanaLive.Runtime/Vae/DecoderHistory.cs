using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae;

/// <summary>What a decoder remembers of a stream's earlier latent frames. Of constant size; all zeros at the beginning.</summary>
public class DecoderHistory : IDisposable
{
    private readonly KernelSet kernels;

    /// <param name="kernels">Owns the memory.</param>
    /// <param name="parts">Everything that the next latent frame looks back at.</param>
    internal DecoderHistory(KernelSet kernels, IReadOnlyList<Tensor> parts) => (this.kernels, Parts) = (kernels, parts);

    public long Bytes => Parts.Sum(part => part.Count) * sizeof(float);

    /// <summary>Latent frames since the history began; at 0 the next one is decoded as a stream's first.</summary>
    public int Frames { get; internal set; }

    internal virtual IReadOnlyList<Tensor> Parts { get; }

    /// <summary>Forgets all: the next latent frame is decoded as a stream's first one is.</summary>
    public virtual void Clear()
    {
        foreach (var part in Parts)
            kernels.Clear(part);
        Frames = 0;
    }

    /// <summary>Becomes equal to the history of another stream of the same decoder.</summary>
    public virtual void CopyFrom(DecoderHistory other)
    {
        for (var i = 0; i < Parts.Count; i++)
            kernels.Copy(other.Parts[i], Parts[i]);
        Frames = other.Frames;
    }

    public void Dispose()
    {
        foreach (var part in Parts)
            part.Dispose();
        GC.SuppressFinalize(this);
    }
}
