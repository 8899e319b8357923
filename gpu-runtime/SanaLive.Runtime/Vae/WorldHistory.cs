using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae;

/// <summary>What the embedded world's decoder remembers.</summary>
internal sealed class WorldHistory : DecoderHistory
{
    private readonly KernelSet kernels;

    /// <param name="kernels">Owns the memory.</param>
    /// <param name="parts">Feature maps that the next latent frame looks back at.</param>
    /// <param name="lastPicture">Room for what the last picture was made from; null for a decoder that does not carry it on.</param>
    public WorldHistory(KernelSet kernels, IReadOnlyList<Tensor> parts, Tensor? lastPicture)
        : base(kernels, lastPicture is null ? parts : [.. parts, lastPicture]) => (this.kernels, LastPicture) = (kernels, lastPicture);

    /// <summary>The last of the parts.</summary>
    public Tensor? LastPicture { get; }

    /// <summary>A picture was shown: false at a stream's beginning and after a cut, where nothing is carried on.</summary>
    public bool HasLastPicture { get; private set; }

    public override void Clear()
    {
        base.Clear();
        HasLastPicture = false;
    }

    public override void CopyFrom(DecoderHistory other)
    {
        base.CopyFrom(other);
        HasLastPicture = ((WorldHistory)other).HasLastPicture;
    }

    /// <summary>The next latent frame carries nothing on.</summary>
    public void ForgetLastPicture() => HasLastPicture = false;

    /// <summary>Keeps the last picture of a latent frame for the next one.</summary>
    public void Show(Tensor picture)
    {
        kernels.Copy(picture, LastPicture!);
        HasLastPicture = true;
    }
}
