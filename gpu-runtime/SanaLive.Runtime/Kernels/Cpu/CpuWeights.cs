using System.Runtime.CompilerServices;

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
    /// <param name="weight">[outputs, inputs, taps]; taps are those of one segment after those of another.</param>
    public CpuWeights(int outputs, int inputs, int taps, int segments, ReadOnlySpan<float> bias, ReadOnlySpan<float> weight)
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
        fixed (float* source = weight)
            Pack(source, buffer.Pointer, outputs, inputs, taps, segments);
    }

    public int Segments { get; }

    /// <summary>Reduction length of one segment: inputs of a linear, channels of a temporal convolution, 3C of a 3x3 convolution.</summary>
    public int K { get; }

    public int Panels => (Outputs + PanelWidth - 1) / PanelWidth;

    /// <summary>[outputs], or null.</summary>
    public float* Bias => biases == null ? null : biases.Pointer;

    public float* Panel(int panel) => buffer.Pointer + ((nint)panel * Segments * K * PanelWidth);

    /// <summary>Within a segment k runs over its taps, and for each over the inputs: the order in which pixels lie in memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Pack(float* source, float* to, int outputs, int inputs, int taps, int segments)
    {
        var perSegment = taps / segments;
        for (var first = 0; first < outputs; first += PanelWidth)
        {
            var columns = Math.Min(PanelWidth, outputs - first);
            for (var tap = 0; tap < segments * perSegment; tap++)
            {
                for (var i = 0; i < inputs; i++, to += PanelWidth)
                {
                    var from = source + ((((nint)first * inputs) + i) * taps) + tap;
                    for (var c = 0; c < columns; c++, from += (nint)inputs * taps)
                        to[c] = *from;
                }
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        buffer.Dispose();
        biases?.Dispose();
    }
}
