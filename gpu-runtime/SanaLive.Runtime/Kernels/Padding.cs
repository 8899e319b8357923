namespace SanaLive.Runtime.Kernels;

/// <summary>What a convolution sees outside of a frame.</summary>
public enum Padding
{
    Zero,

    /// <summary>The frame mirrored at its outermost pixels, which are not repeated: row -1 is row 1. A frame has at least two rows and two columns.</summary>
    Reflect,
}
