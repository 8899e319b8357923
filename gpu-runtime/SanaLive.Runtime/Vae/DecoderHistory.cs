using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae;

/// <summary>What a decoder remembers of a stream's earlier latent frames. Of constant size; all zeros at the beginning.</summary>
public sealed class DecoderHistory : IDisposable
{
    private readonly KernelSet kernels;

    /// <param name="kernels">Owns the memory.</param>
    /// <param name="parts">Feature maps that the next latent frame looks back at.</param>
    /// <param name="lastPicture">Room for what the last picture was made from; null for a decoder that does not carry it on.</param>
    internal DecoderHistory(KernelSet kernels, IReadOnlyList<Tensor> parts, Tensor? lastPicture = null)
    {
        this.kernels = kernels;
        LastPicture = lastPicture;
        Parts = lastPicture is null ? parts : [.. parts, lastPicture];
    }

    public long Bytes => Parts.Sum(part => part.Count) * sizeof(float);

    /// <summary>Everything, <see cref="LastPicture"/> at the end.</summary>
    internal IReadOnlyList<Tensor> Parts { get; }

    internal Tensor? LastPicture { get; }

    /// <summary>A picture was shown: false at a stream's beginning and after a cut, where nothing is carried on.</summary>
    internal bool HasLastPicture { get; private set; }

    /// <summary>Forgets all: the next latent frame is decoded as a stream's first one is.</summary>
    public void Clear()
    {
        foreach (var part in Parts)
            kernels.Clear(part);
        HasLastPicture = false;
    }

    /// <summary>Becomes equal to the history of another stream of the same decoder.</summary>
    public void CopyFrom(DecoderHistory other)
    {
        for (var i = 0; i < Parts.Count; i++)
            kernels.Copy(other.Parts[i], Parts[i]);
        HasLastPicture = other.HasLastPicture;
    }

    public void Dispose()
    {
        foreach (var part in Parts)
            part.Dispose();
    }

    /// <summary>The next latent frame carries nothing on.</summary>
    internal void ForgetLastPicture() => HasLastPicture = false;

    /// <summary>Keeps the last picture of a latent frame for the next one.</summary>
    internal void Show(Tensor picture)
    {
        kernels.Copy(picture, LastPicture!);
        HasLastPicture = true;
    }
}
