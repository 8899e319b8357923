namespace SanaLive.Runtime.Kernels.Cpu;

/// <summary>
/// What a <see cref="GemmTile"/> multiplies. A linear has one segment; a temporal convolution has one per frame it sees; a 3x3
/// convolution over NHWC has one per image row, where the three pixels of a row are one run of 3C floats.
/// </summary>
internal unsafe struct GemmOperands
{
    /// <summary>Base of every segment.</summary>
    public float** A;

    /// <summary>How many segments.</summary>
    public int Segments;

    /// <summary>Reduction length of one segment.</summary>
    public int K;

    /// <summary>Floats from one row to the next.</summary>
    public nint ARow;

    /// <summary>Floats from one k to the next: 1, or a token's width when the reduction runs over tokens.</summary>
    public nint AStep;

    /// <summary>Packed weights: <see cref="WStep"/> floats for every k, zero-padded to a multiple of 16 columns.</summary>
    public float* W;

    /// <summary>Floats from one k to the next in the weights.</summary>
    public nint WStep;

    /// <summary>Floats from one segment's weights to the next one's.</summary>
    public nint WSegment;
}
