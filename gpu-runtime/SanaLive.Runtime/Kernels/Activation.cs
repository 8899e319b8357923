namespace SanaLive.Runtime.Kernels;

/// <summary>What a kernel applies to its result before it is gated and added.</summary>
public enum Activation
{
    None,

    /// <summary><c>x / (1 + exp(-x))</c>.</summary>
    Silu,

    /// <summary>GELU in its tanh form.</summary>
    GeluTanh,

    /// <summary><c>max(0, x)</c>.</summary>
    Relu,
}
