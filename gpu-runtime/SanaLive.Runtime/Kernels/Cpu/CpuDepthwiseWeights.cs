namespace SanaLive.Runtime.Kernels.Cpu;

/// <summary>Weights of a depthwise 3x3 convolution as <c>[9][C]</c>, and its bias (zero where there is none).</summary>
internal sealed unsafe class CpuDepthwiseWeights : Weights
{
    private readonly NativeBuffer buffer;

    /// <param name="weight">[channels, 3, 3].</param>
    /// <param name="channels">C.</param>
    /// <param name="bias">[channels] or empty.</param>
    public CpuDepthwiseWeights(ReadOnlySpan<float> weight, int channels, ReadOnlySpan<float> bias)
        : base(channels, 1, 9)
    {
        buffer = new NativeBuffer(10 * channels);
        for (var c = 0; c < channels; c++)
        {
            for (var tap = 0; tap < 9; tap++)
                buffer.Pointer[(tap * channels) + c] = weight[(c * 9) + tap];
        }
        bias.CopyTo(buffer.Span[(9 * channels)..]);
    }

    public float* Taps9 => buffer.Pointer;

    public float* Bias => buffer.Pointer + (9 * Outputs);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            buffer.Dispose();
    }
}
