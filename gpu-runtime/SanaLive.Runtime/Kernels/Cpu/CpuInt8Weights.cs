using System.Runtime.CompilerServices;

namespace SanaLive.Runtime.Kernels.Cpu;

/// <summary>
/// Weights of a linear as bytes, <c>[ceil(M/16)][ceil(K/4)][16][4]</c>, in steps of their own for every output. Inputs come with 128
/// added, because the instruction wants one side unsigned; sums therefore start at -128 times the sum of the weights.
/// </summary>
internal sealed unsafe class CpuInt8Weights : Weights
{
    /// <summary>Columns of one panel.</summary>
    public const int PanelWidth = 16;

    private readonly NativeBuffer bytes;
    private readonly NativeBuffer starts;
    private readonly NativeBuffer scales;
    private readonly NativeBuffer? biases;

    /// <param name="weight">[outputs, inputs].</param>
    /// <param name="outputs">M.</param>
    /// <param name="inputs">K.</param>
    /// <param name="bias">[outputs] or empty.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public CpuInt8Weights(ReadOnlySpan<float> weight, int outputs, int inputs, ReadOnlySpan<float> bias)
        : base(outputs, inputs, 1)
    {
        Panels = (outputs + PanelWidth - 1) / PanelWidth;
        Quads = (inputs + 3) / 4;
        bytes = new NativeBuffer((nint)Panels * PanelWidth * Quads);
        starts = new NativeBuffer(Panels * PanelWidth);
        scales = new NativeBuffer(Panels * PanelWidth);
        if (!bias.IsEmpty)
        {
            biases = new NativeBuffer(outputs);
            bias.CopyTo(biases.Span);
        }

        for (var o = 0; o < outputs; o++)
        {
            var row = weight.Slice(o * inputs, inputs);
            var most = 0f;
            foreach (var w in row)
                most = MathF.Max(most, MathF.Abs(w));
            var panel = Panel(o / PanelWidth) + (4 * (o % PanelWidth));
            var sum = 0;
            for (var i = 0; i < inputs && most > 0; i++)
            {
                var step = (sbyte)Math.Floor((row[i] * 127.0 / most) + 0.5);
                panel[((nint)(i / 4) * 4 * PanelWidth) + (i % 4)] = step;
                sum += step;
            }

            Starts[o] = -128 * sum;
            Scales[o] = most / 127f;
        }
    }

    public int Panels { get; }

    /// <summary>Fours of inputs, the last one filled up with zeros.</summary>
    public int Quads { get; }

    /// <summary>What the sum of each output begins with.</summary>
    public int* Starts => (int*)starts.Pointer;

    /// <summary>Step of each output's weights.</summary>
    public float* Scales => scales.Pointer;

    /// <summary>[outputs], or null.</summary>
    public float* Bias => biases == null ? null : biases.Pointer;

    public sbyte* Panel(int panel) => (sbyte*)bytes.Pointer + ((nint)panel * Quads * 4 * PanelWidth);

    protected override void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        bytes.Dispose();
        starts.Dispose();
        scales.Dispose();
        biases?.Dispose();
    }
}
