namespace SanaLive.Runtime.Kernels;

/// <summary>In what numbers the products of a linear layer are made. Everything else is fp32 always.</summary>
public enum Precision
{
    /// <summary>32-bit floats.</summary>
    Fp32,

    /// <summary>
    /// 8-bit whole numbers, added up exactly in 32 bits: weights in steps of a 127th of the largest of their output channel, inputs in
    /// steps of a 127th of the largest of their row. Rounds half up.
    /// </summary>
    Int8,

    /// <summary>
    /// Weights of 16 bits (the upper half of a float), kept so in memory and widened inside the product; inputs and sums stay 32-bit. Weights
    /// that are bf16 in their checkpoint lose nothing: the products are those of <see cref="Fp32"/>, to the bit.
    /// </summary>
    Bf16,
}
