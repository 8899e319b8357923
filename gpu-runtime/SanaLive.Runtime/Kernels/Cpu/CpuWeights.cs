using System.Runtime.CompilerServices;

namespace SanaLive.Runtime.Kernels.Cpu;

/// <summary>
/// Weights of a linear or a convolution in the order in which tiles read them: <c>[ceil(M/32)][segments][K][32]</c>, columns past M zero.
/// Packed once at load. Either as floats or as bf16, which a kernel widens a panel at a time (<see cref="CpuPanels"/>).
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
        : this(outputs, inputs, taps, segments, bias, isBFloat16: false)
    {
        fixed (float* source = weight)
            Pack(source, buffer.Pointer, outputs, inputs, taps, segments);
    }

    /// <inheritdoc cref="CpuWeights(int, int, int, int, ReadOnlySpan{float}, ReadOnlySpan{float})"/>
    public CpuWeights(int outputs, int inputs, int taps, int segments, ReadOnlySpan<float> bias, ReadOnlySpan<ushort> weight)
        : this(outputs, inputs, taps, segments, bias, isBFloat16: true)
    {
        fixed (ushort* source = weight)
            Pack(source, (ushort*)buffer.Pointer, outputs, inputs, taps, segments);
    }

    private CpuWeights(int outputs, int inputs, int taps, int segments, ReadOnlySpan<float> bias, bool isBFloat16)
        : base(outputs, inputs, taps)
    {
        Segments = segments;
        K = inputs * taps / segments;
        IsBFloat16 = isBFloat16;
        if (!bias.IsEmpty)
        {
            biases = new NativeBuffer(outputs);
            bias.CopyTo(biases.Span);
        }
        buffer = new NativeBuffer(Panels * PanelLength / (isBFloat16 ? 2 : 1));
    }

    /// <summary>Whether panels are bf16 and want widening.</summary>
    public bool IsBFloat16 { get; }

    public int Segments { get; }

    /// <summary>Reduction length of one segment: inputs of a linear, channels of a temporal convolution, 3C of a 3x3 convolution.</summary>
    public int K { get; }

    public int Panels => (Outputs + PanelWidth - 1) / PanelWidth;

    /// <summary>[outputs], or null.</summary>
    public float* Bias => biases == null ? null : biases.Pointer;

    /// <summary>Numbers of one panel.</summary>
    public nint PanelLength => (nint)Segments * K * PanelWidth;

    public CpuPanels Open(CpuKernels cpu) => new()
    {
        Floats = IsBFloat16 ? null : buffer.Pointer,
        Halves = IsBFloat16 ? (ushort*)buffer.Pointer : null,
        Length = PanelLength,
        Scratch = IsBFloat16 ? cpu.Scratch(cpu.ThreadCount * PanelLength) : null,
    };

    /// <summary>Of floats.</summary>
    public float* Panel(int panel) => IsBFloat16
        ? throw new InvalidOperationException("Panels of bf16 are widened by those who use them.")
        : buffer.Pointer + (panel * PanelLength);

    /// <summary>Within a segment k runs over its taps, and for each over the inputs: the order in which pixels lie in memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Pack<T>(T* source, T* to, int outputs, int inputs, int taps, int segments)
        where T : unmanaged
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
