using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Text;

/// <summary>Pre-norm attention over all rows, then a two-layer feed-forward.</summary>
internal sealed class WordEncoderLayer : IDisposable
{
    private readonly KernelSet kernels;
    private readonly WordEncoderConfig config;
    private readonly Tensor norm1;
    private readonly Tensor norm2;
    private readonly Weights[] toQkv;
    private readonly Weights toOut;
    private readonly Weights linear1;
    private readonly Weights linear2;

    public WordEncoderLayer(KernelSet kernels, Checkpoint checkpoint, string name, WordEncoderConfig config)
    {
        this.kernels = kernels;
        this.config = config;
        var c = config.Width;
        norm1 = Norm(kernels, checkpoint, $"{name}norm1", c);
        norm2 = Norm(kernels, checkpoint, $"{name}norm2", c);
        var weight = checkpoint.Take($"{name}to_qkv.weight", 3 * c, c);
        var bias = checkpoint.Take($"{name}to_qkv.bias", 3 * c);
        toQkv = [.. Enumerable.Range(0, 3).Select(part => kernels.PackLinear(weight.AsSpan(part * c * c, c * c), c, c, bias.AsSpan(part * c, c)))];
        toOut = Linear("to_out", c, c);
        linear1 = Linear("linear_1", config.MlpRatio * c, c);
        linear2 = Linear("linear_2", c, config.MlpRatio * c);

        Weights Linear(string layer, int outputs, int inputs) => kernels.PackLinear(
            checkpoint.Take($"{name}{layer}.weight", outputs, inputs), outputs, inputs, checkpoint.Take($"{name}{layer}.bias", outputs));
    }

    /// <summary>A LayerNorm with affine as a modulation: shift = bias, scale = weight - 1.</summary>
    public static Tensor Norm(KernelSet kernels, Checkpoint checkpoint, string name, int width) => kernels.Row(
        [.. checkpoint.Take($"{name}.bias", width), .. checkpoint.Take($"{name}.weight", width).Select(weight => weight - 1)]);

    /// <summary>In place; <paramref name="normed"/> is scratch of the same shape, [rows, width].</summary>
    public void Forward(Tensor x, Tensor normed)
    {
        var (rows, c) = (x.Rows, config.Width);
        using var q = kernels.Create(rows, c);
        using var k = kernels.Create(rows, c);
        using var v = kernels.Create(rows, c);
        using var wide = kernels.Create(rows, config.MlpRatio * c);

        kernels.NormModulate(x, norm1, 0, c, config.NormEps, normed);
        kernels.Linear(normed, toQkv[0], q);
        kernels.Linear(normed, toQkv[1], k);
        kernels.Linear(normed, toQkv[2], v);
        kernels.CrossAttention(q, k, v, config.Heads, normed);
        kernels.Linear(normed, toOut, x, new Epilogue(Residual: x));

        kernels.NormModulate(x, norm2, 0, c, config.NormEps, normed);
        kernels.Linear(normed, linear1, wide, new Epilogue(Activation.GeluTanh));
        kernels.Linear(wide, linear2, x, new Epilogue(Residual: x));
    }

    public void Dispose()
    {
        norm1.Dispose();
        norm2.Dispose();
        foreach (var weights in toQkv)
            weights.Dispose();
        toOut.Dispose();
        linear1.Dispose();
        linear2.Dispose();
    }
}
