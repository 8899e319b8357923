using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Model;

/// <summary>The last frame of a block at the input of every layer's temporal convolution.</summary>
public sealed class ConvTails : IDisposable
{
    public ConvTails(KernelSet kernels, TransformerConfig config, int tokensPerFrame)
    {
        All = kernels.Create(config.Layers * tokensPerFrame, config.Hidden);
        Layers = LayerTensors.Split(All, config.Layers);
    }

    /// <summary>[layers * tokens of a frame, hidden].</summary>
    public Tensor All { get; }

    /// <summary>Per layer, [tokens of a frame, hidden].</summary>
    public IReadOnlyList<Tensor> Layers { get; }

    public void Dispose() => All.Dispose();
}
