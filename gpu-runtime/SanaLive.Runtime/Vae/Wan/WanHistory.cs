using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.Wan;

/// <summary>What the decoder remembers: the last two frames at the input of each of its causal layers.</summary>
internal sealed class WanHistory(KernelSet kernels, IReadOnlyList<CausalTail> tails) : DecoderHistory(kernels, [])
{
    /// <summary>In the order of the layers.</summary>
    public IReadOnlyList<CausalTail> Tails => tails;

    /// <summary>The older frame of every tail before its last one.</summary>
    internal override IReadOnlyList<Tensor> Parts => [.. tails.SelectMany(tail => new[] { tail.Older, tail.Last })];

    public override void Clear()
    {
        base.Clear();
        foreach (var tail in tails)
            tail.Count = 0;
    }

    public override void CopyFrom(DecoderHistory other)
    {
        base.CopyFrom(other);
        foreach (var (own, others) in tails.Zip(((WanHistory)other).Tails))
            own.Count = others.Count;
    }
}
