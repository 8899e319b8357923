using System.Runtime.CompilerServices;

namespace SanaLive.Runtime.Kernels.Cpu;

/// <summary>Weights of a 3x3 convolution as Winograd's F(2x2, 3x3) needs them: <c>[ceil(M/32)][16 positions][C][32]</c>, G g G^T of every kernel.</summary>
internal sealed unsafe class CpuWinogradWeights : Weights
{
    private readonly NativeBuffer buffer;
    private readonly NativeBuffer? biases;

    /// <param name="weight">[outputs, inputs, 3, 3].</param>
    /// <param name="outputs">M.</param>
    /// <param name="inputs">C.</param>
    /// <param name="bias">[outputs] or empty.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public CpuWinogradWeights(ReadOnlySpan<float> weight, int outputs, int inputs, ReadOnlySpan<float> bias)
        : base(outputs, inputs, 9)
    {
        if (!bias.IsEmpty)
        {
            biases = new NativeBuffer(outputs);
            bias.CopyTo(biases.Span);
        }
        buffer = new NativeBuffer((nint)Panels * CpuWinograd.Positions * inputs * CpuWeights.PanelWidth);
        Span<double> transformed = stackalloc double[CpuWinograd.Positions];
        for (var o = 0; o < outputs; o++)
        {
            for (var i = 0; i < inputs; i++)
            {
                Transform(weight.Slice(((o * inputs) + i) * 9, 9), transformed);
                for (var p = 0; p < CpuWinograd.Positions; p++)
                    Panel(o / CpuWeights.PanelWidth)[((((nint)p * inputs) + i) * CpuWeights.PanelWidth) + (o % CpuWeights.PanelWidth)] = (float)transformed[p];
            }
        }
    }

    public int Panels => (Outputs + CpuWeights.PanelWidth - 1) / CpuWeights.PanelWidth;

    /// <summary>[outputs], or null.</summary>
    public float* Bias => biases == null ? null : biases.Pointer;

    public float* Panel(int panel) => buffer.Pointer + ((nint)panel * CpuWinograd.Positions * Inputs * CpuWeights.PanelWidth);

    protected override void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        buffer.Dispose();
        biases?.Dispose();
    }

    /// <summary>G g G^T with G = [1 0 0; 1/2 1/2 1/2; 1/2 -1/2 1/2; 0 0 1].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transform(ReadOnlySpan<float> g, Span<double> result)
    {
        Span<double> rows = stackalloc double[12];
        for (var x = 0; x < 3; x++)
        {
            var (a, b, c) = ((double)g[x], (double)g[3 + x], (double)g[6 + x]);
            (rows[x], rows[3 + x], rows[6 + x], rows[9 + x]) = (a, (a + b + c) / 2, (a - b + c) / 2, c);
        }
        for (var y = 0; y < 4; y++)
        {
            var (a, b, c) = (rows[3 * y], rows[(3 * y) + 1], rows[(3 * y) + 2]);
            (result[4 * y], result[(4 * y) + 1], result[(4 * y) + 2], result[(4 * y) + 3]) = (a, (a + b + c) / 2, (a - b + c) / 2, c);
        }
    }
}
