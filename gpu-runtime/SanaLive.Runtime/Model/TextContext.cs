using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Model;

/// <summary>A prompt as the transformer sees it: keys and values of every layer's cross-attention. They do not depend on the timestep.</summary>
public sealed class TextContext : IDisposable
{
    internal TextContext(KernelSet kernels, TransformerConfig config, int words)
    {
        Words = words;
        Embedding = kernels.Create(words, config.CaptionChannels);
        Middle = kernels.Create(words, config.Hidden);
        Projected = kernels.Create(words, config.Hidden);
        Keys = [.. Enumerable.Range(0, config.Layers).Select(_ => kernels.Create(words, config.CrossHidden))];
        Values = [.. Enumerable.Range(0, config.Layers).Select(_ => kernels.Create(words, config.CrossHidden))];
    }

    /// <summary>Rows that take part in attention.</summary>
    public int Words { get; }

    internal Tensor Embedding { get; }

    internal Tensor Middle { get; }

    internal Tensor Projected { get; }

    internal IReadOnlyList<Tensor> Keys { get; }

    internal IReadOnlyList<Tensor> Values { get; }

    public void Dispose()
    {
        Embedding.Dispose();
        Middle.Dispose();
        Projected.Dispose();
        foreach (var tensor in Keys.Concat(Values))
            tensor.Dispose();
    }
}
