using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Model;

/// <summary>
/// <c>x += g1 * Attn(LN(x)(1+s1)+b1)</c>; <c>x += Cross(x)</c>; <c>x += g2 * FFN(LN(x)(1+s2)+b2)</c>, the six from the
/// timestep's projection plus this block's table, in the order shift, scale, gate.
/// </summary>
internal sealed class TransformerBlock(KernelSet kernels, Checkpoint checkpoint, string name, TransformerConfig config, Precision precision = Precision.Fp32) : IDisposable
{
    private readonly Tensor table = kernels.Row(checkpoint.Take($"{name}scale_shift_table", 6, config.Hidden));
    private readonly LinearAttention attention = new(kernels, checkpoint, $"{name}attn1.", config, precision);
    private readonly MixFfn feedForward = new(kernels, checkpoint, $"{name}ff.", config, precision);

    public CrossAttention Cross { get; } = new(kernels, checkpoint, $"{name}attn2.", config, precision);

    /// <summary>Works on <c>w.Hidden</c> in place.</summary>
    /// <param name="w">Scratch memory and the hidden states.</param>
    /// <param name="time">The timesteps' projection.</param>
    /// <param name="text">The prompt.</param>
    /// <param name="layer">This block's number.</param>
    /// <param name="past">Of all layers, or null.</param>
    /// <param name="own">Of all layers, or null.</param>
    /// <param name="onlyOwn">Stops when this block's own terms are known.</param>
    /// <param name="observer">For tests.</param>
    public void Forward(Workspace w, TimestepWorkspace time, TextContext text, int layer, Memory? past, Memory? own, bool onlyOwn, Action<string, Tensor>? observer)
    {
        var (x, hidden) = (w.Hidden, config.Hidden);
        kernels.Copy(time.Projected, time.Modulation);
        kernels.Add(table, 1, time.Modulation);

        kernels.NormModulate(x, time.Modulation, 0, hidden, config.NormEps, w.Normed);
        attention.Forward(
            w.Normed, w, past?.Sums.S[layer], past?.Sums.Z[layer], own?.Sums.S[layer], own?.Sums.Z[layer], x, new Epilogue(Residual: x, Gate: time.Modulation, GateColumn: 2 * hidden));

        Cross.Forward(x, text.Keys[layer], text.Values[layer], w, x, new Epilogue(Residual: x));

        kernels.NormModulate(x, time.Modulation, 3 * hidden, 4 * hidden, config.NormEps, w.Normed);
        feedForward.Forward(
            w, past?.Tails.Layers[layer], own?.Tails.Layers[layer], onlyOwn ? null : x, new Epilogue(Residual: x, Gate: time.Modulation, GateColumn: 5 * hidden));
        observer?.Invoke($"block{layer}", x);
    }

    public void Dispose()
    {
        table.Dispose();
        attention.Dispose();
        Cross.Dispose();
        feedForward.Dispose();
    }
}
