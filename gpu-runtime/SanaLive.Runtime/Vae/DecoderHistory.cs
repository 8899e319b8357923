using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae;

/// <summary>What a decoder remembers of a stream's earlier latent frames. Of constant size; all zeros at the beginning.</summary>
public sealed class DecoderHistory : IDisposable
{
    private readonly KernelSet kernels;

    internal DecoderHistory(KernelSet kernels, IReadOnlyList<Tensor> parts) => (this.kernels, Parts) = (kernels, parts);

    public long Bytes => Parts.Sum(part => part.Count) * sizeof(float);

    internal IReadOnlyList<Tensor> Parts { get; }

    /// <summary>Forgets all: the next latent frame is decoded as a stream's first one is.</summary>
    public void Clear()
    {
        foreach (var part in Parts)
            kernels.Clear(part);
    }

    /// <summary>Becomes equal to the history of another stream of the same decoder.</summary>
    public void CopyFrom(DecoderHistory other)
    {
        for (var i = 0; i < Parts.Count; i++)
            kernels.Copy(other.Parts[i], Parts[i]);
    }

    public void Dispose()
    {
        foreach (var part in Parts)
            part.Dispose();
    }
}
