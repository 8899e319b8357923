using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Model;

/// <summary>S and z of every layer: of one block, or of many added up. <c>StreamState</c> says what they mean.</summary>
public sealed class BlockSums : IDisposable
{
    public BlockSums(KernelSet kernels, TransformerConfig config)
    {
        AllS = kernels.Create(config.Layers * config.Hidden, config.HeadDim);
        AllZ = kernels.Create(config.Layers * config.Heads, config.HeadDim);
        S = LayerTensors.Split(AllS, config.Layers);
        Z = LayerTensors.Split(AllZ, config.Layers);
    }

    /// <summary>[layers * heads * d (value), d (key)].</summary>
    public Tensor AllS { get; }

    /// <summary>[layers * heads, d].</summary>
    public Tensor AllZ { get; }

    /// <summary>Per layer, [heads * d, d].</summary>
    public IReadOnlyList<Tensor> S { get; }

    /// <summary>Per layer, [heads, d].</summary>
    public IReadOnlyList<Tensor> Z { get; }

    public void Dispose()
    {
        AllS.Dispose();
        AllZ.Dispose();
    }
}
