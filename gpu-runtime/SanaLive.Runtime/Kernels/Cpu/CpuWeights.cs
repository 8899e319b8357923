namespace SanaLive.Runtime.Kernels.Cpu;

/// <summary>
/// Weights of a linear or a convolution in the order in which tiles read them: <c>[ceil(M/32)][segments][K][32]</c>, columns past M zero.
/// Packed once at load.
/// </summary>
internal sealed unsafe class CpuWeights : Weights
{
    /// <summary>Columns of one panel.</summary>
    public const int PanelWidth = 32;

    private readonly NativeBuffer buffer;
    private readonly NativeBuffer? biases;

    /// <param name="outputs">M.</param>
    /// <param name="inputs">C.</param>
    /// <param name="taps">Positions of the kernel.</param>
    /// <param name="segments">Frames or image rows that one output sees; 1 for a linear.</param>
    /// <param name="bias">[outputs] or empty.</param>
    /// <param name="weight">Weight of (output, segment, k).</param>
    public CpuWeights(int outputs, int inputs, int taps, int segments, ReadOnlySpan<float> bias, Func<int, int, int, float> weight)
        : base(outputs, inputs, taps)
    {
        Segments = segments;
        K = inputs * taps / segments;
        var k = K;
        if (!bias.IsEmpty)
        {
            biases = new NativeBuffer(outputs);
            bias.CopyTo(biases.Span);
        }
        buffer = new NativeBuffer((nint)Panels * segments * k * PanelWidth);
        var p = buffer.Pointer;
        for (var panel = 0; panel < Panels; panel++)
        {
            for (var s = 0; s < segments; s++)
            {
                for (var i = 0; i < k; i++)
                {
                    for (var c = 0; c < PanelWidth; c++)
                    {
                        var output = (panel * PanelWidth) + c;
                        *p++ = output < outputs ? weight(output, s, i) : 0f;
                    }
                }
            }
        }
    }

    public int Segments { get; }

    /// <summary>Reduction length of one segment: inputs of a linear, channels of a temporal convolution, 3C of a 3x3 convolution.</summary>
    public int K { get; }

    public int Panels => (Outputs + PanelWidth - 1) / PanelWidth;

    /// <summary>[outputs], or null.</summary>
    public float* Bias => biases == null ? null : biases.Pointer;

    public float* Panel(int panel) => buffer.Pointer + ((nint)panel * Segments * K * PanelWidth);

    protected override void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        buffer.Dispose();
        biases?.Dispose();
    }
}
