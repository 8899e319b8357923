namespace SanaLive.Runtime.Kernels;

/// <summary>How a language model's tokens attend to each other.</summary>
/// <param name="Heads">Of the queries.</param>
/// <param name="KeyValueHeads">Of keys and values, a divisor of <paramref name="Heads"/>: neighbouring query heads share one.</param>
/// <param name="Scale">Factor of a query's product with a key.</param>
/// <param name="Window">A token sees itself and so many less one before it; 0: all before it.</param>
/// <param name="SoftCap">Scaled products x become <c>cap * tanh(x / cap)</c>; 0: they stay.</param>
public readonly record struct CausalAttentionShape(int Heads, int KeyValueHeads, float Scale, int Window = 0, float SoftCap = 0);
