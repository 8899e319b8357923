namespace SanaLive.Runtime.Kernels.Cpu;

/// <summary>Weights of a depthwise convolution as <c>[taps][C]</c>, and its bias (zero where there is none).</summary>
internal sealed unsafe class CpuDepthwiseWeights : Weights
{
    private readonly NativeBuffer buffer;

    /// <param name="weight">[channels, kernel, kernel].</param>
    /// <param name="channels">C.</param>
    /// <param name="kernel">Pixels of a side.</param>
    /// <param name="bias">[channels] or empty.</param>
    public CpuDepthwiseWeights(ReadOnlySpan<float> weight, int channels, int kernel, ReadOnlySpan<float> bias)
        : base(channels, 1, kernel * kernel)
    {
        Kernel = kernel;
        buffer = new NativeBuffer((Taps + 1) * channels);
        for (var c = 0; c < channels; c++)
        {
            for (var tap = 0; tap < Taps; tap++)
                buffer.Pointer[(tap * channels) + c] = weight[(c * Taps) + tap];
        }
        bias.CopyTo(buffer.Span[(Taps * channels)..]);
    }

    /// <summary>Pixels of a side.</summary>
    public int Kernel { get; }

    public float* Values => buffer.Pointer;

    public float* Bias => buffer.Pointer + (Taps * Outputs);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            buffer.Dispose();
    }
}
