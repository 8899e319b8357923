using SanaLive.Runtime.Checkpoints;
using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Vae.DcAe;

/// <summary>
/// Linear attention over all pixels, then a gated feed-forward: diffusers' EfficientViTBlock. Queries, keys and values of further heads
/// are made from those of the first by a depthwise convolution and a layer within each head. The checkpoint's heads go through the
/// stacked rows of to_q, to_k and to_v in steps of three heads' widths, so a head's "query" may well come from to_v.
/// </summary>
internal sealed class AttentionBlock : ImageBlock
{
    private const float Eps = 1e-15f;
    private readonly KernelSet kernels;
    private readonly int headDim;
    private readonly int inner;

    // Of queries, keys and values.
    private readonly Weights[] project = new Weights[3];
    private readonly List<(Weights Depthwise, Weights Heads)[]> scales = [];

    // Of every set of heads.
    private readonly Weights[] mix;
    private readonly FeatureNorm norm;
    private readonly GatedFeedForward feedForward;

    public AttentionBlock(KernelSet kernels, Checkpoint checkpoint, string name, DcAeStage stage, int headDim)
    {
        (this.kernels, this.headDim) = (kernels, headDim);
        var (channels, heads) = (stage.Channels, stage.Channels / headDim);
        inner = heads * headDim;
        float[] rows =
        [
            .. checkpoint.Take($"{name}.attn.to_q.weight", inner, channels),
            .. checkpoint.Take($"{name}.attn.to_k.weight", inner, channels),
            .. checkpoint.Take($"{name}.attn.to_v.weight", inner, channels),
        ];
        for (var part = 0; part < 3; part++)
            project[part] = kernels.PackLinear(Part(rows, part, channels), inner, channels, []);

        for (var scale = 0; scale < stage.Scales.Count; scale++)
        {
            var (at, side) = ($"{name}.attn.to_qkv_multiscale.{scale}", stage.Scales[scale]);
            var depthwise = checkpoint.Take($"{at}.proj_in.weight", 3 * inner, 1, side, side);
            var within = checkpoint.Take($"{at}.proj_out.weight", 3 * inner, headDim, 1, 1);
            scales.Add([.. Enumerable.Range(0, 3).Select(part => (
                kernels.PackDepthwise(Part(depthwise, part, side * side), inner, side, []),
                kernels.PackLinear(Diagonal(Part(within, part, headDim)), inner, inner, [])))]);
        }

        norm = new FeatureNorm(kernels, checkpoint, $"{name}.attn.norm_out", channels, stage.BatchNorm);
        var (sets, wide) = (1 + scales.Count, inner * (1 + scales.Count));
        var output = norm.Scale(checkpoint.Take($"{name}.attn.to_out.weight", channels, wide));
        mix = [.. Enumerable.Range(0, sets).Select(set => kernels.PackLinear(Columns(output, channels, wide, set * inner, inner), channels, inner, set == 0 ? norm.Bias : []))];
        feedForward = new GatedFeedForward(kernels, checkpoint, $"{name}.conv_out", channels);
    }

    public override int Reach(int rows) => Everything;

    public override long WorkingBytes(long pixels) => Math.Max(
        pixels * (2 * mix[0].Outputs + 7 * inner + headDim) * sizeof(float), feedForward.WorkingBytes(pixels));

    public override ImageFeatures Forward(ImageFeatures x)
    {
        var rows = x.Values.Rows;

        // Nothing is rotated here.
        using (var rotation = kernels.PackRotation(Enumerable.Repeat(1.0, rows * headDim / 2).ToArray(), new double[rows * headDim / 2], rows))
        using (var scratch = kernels.Create(rows, inner))
        using (var mixed = kernels.Create(rows, mix[0].Outputs))
        {
            Tensor[] first = [kernels.Create(rows, inner), kernels.Create(rows, inner), kernels.Create(rows, inner)];
            Tensor[] qkv = [kernels.Create(rows, inner), kernels.Create(rows, inner), kernels.Create(rows, inner)];
            for (var part = 0; part < 3; part++)
                kernels.Linear(x.Values, project[part], first[part]);
            for (var set = 0; set < mix.Length; set++)
            {
                for (var part = 0; part < 3; part++)
                {
                    var activation = part < 2 ? Activation.Relu : Activation.None;
                    if (set == 0)
                    {
                        kernels.Activate(first[part], activation, qkv[part]);
                        continue;
                    }

                    var (depthwise, heads) = scales[set - 1][part];
                    kernels.Depthwise(first[part], depthwise, x.Height, x.Width, scratch);
                    kernels.Linear(scratch, heads, qkv[part], new Epilogue(activation));
                }

                kernels.LinearAttention(qkv[0], qkv[1], qkv[2], rotation, inner / headDim, null, null, Eps, null, null, scratch);
                kernels.Linear(scratch, mix[set], mixed, set == 0 ? default : new Epilogue(Residual: mixed));
            }

            foreach (var tensor in first.Concat(qkv))
                tensor.Dispose();
            norm.AddTo(mixed, x.Values);
        }

        return feedForward.Forward(x);
    }

    public override void Dispose()
    {
        foreach (var weights in project.Concat(mix).Concat(scales.SelectMany(scale => scale.SelectMany(part => new[] { part.Depthwise, part.Heads }))))
            weights.Dispose();
        norm.Dispose();
        feedForward.Dispose();
    }

    /// <summary>The rows of all heads' queries, keys or values, out of [3 * inner, size] in which each head has its three one after another.</summary>
    private float[] Part(float[] rows, int part, int size)
    {
        var result = new float[inner * size];
        for (var row = 0; row < inner; row++)
            rows.AsSpan((row / headDim * 3 * headDim + part * headDim + row % headDim) * size, size).CopyTo(result.AsSpan(row * size));
        return result;
    }

    /// <summary>[inner, d], each row within its head, as a whole matrix.</summary>
    private float[] Diagonal(float[] within)
    {
        var result = new float[inner * inner];
        for (var row = 0; row < inner; row++)
            within.AsSpan(row * headDim, headDim).CopyTo(result.AsSpan(row * inner + row / headDim * headDim));
        return result;
    }

    private static float[] Columns(float[] matrix, int rows, int width, int first, int count)
    {
        var result = new float[rows * count];
        for (var row = 0; row < rows; row++)
            matrix.AsSpan(row * width + first, count).CopyTo(result.AsSpan(row * count));
        return result;
    }
}
