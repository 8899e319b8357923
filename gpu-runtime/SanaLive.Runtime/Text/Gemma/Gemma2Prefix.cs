using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Text.Gemma;

/// <summary>
/// What a text's beginning leaves behind in every layer. Nothing in a causal model depends on what comes later, so a text that begins
/// the same begins here, with the same numbers (on the processor to the bit).
/// </summary>
public sealed class Gemma2Prefix : IDisposable
{
    internal Gemma2Prefix(int[] tokens, IReadOnlyList<(Tensor Keys, Tensor Values)> layers, float[] hidden) =>
        (Tokens, Layers, Hidden) = (tokens, layers, hidden);

    public IReadOnlyList<int> Tokens { get; }

    /// <summary>Its own hidden states, [tokens, hidden].</summary>
    public ReadOnlyMemory<float> Hidden { get; }

    /// <summary>Rotated keys, and values, [tokens, kvHeads * d].</summary>
    internal IReadOnlyList<(Tensor Keys, Tensor Values)> Layers { get; }

    /// <summary>Whether a text begins with it and goes on.</summary>
    public bool Begins(ReadOnlySpan<int> tokens)
    {
        if (tokens.Length <= Tokens.Count)
            return false;
        for (var i = 0; i < Tokens.Count; i++)
        {
            if (tokens[i] != Tokens[i])
                return false;
        }

        return true;
    }

    public void Dispose()
    {
        foreach (var (keys, values) in Layers)
        {
            keys.Dispose();
            values.Dispose();
        }
    }
}
