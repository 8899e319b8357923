using System.Numerics;

namespace SanaLive.Runtime.Kernels.Scalar;

/// <summary>
/// The truth: every kernel as plain loops, in float or double, on one thread. Slow, and meant to be: the other kernel sets
/// are tested against it, and the whole models run on it.
/// </summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public sealed class ScalarKernelSet<T> : KernelSet
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    public override string Name => $"scalar/{(typeof(T) == typeof(double) ? "fp64" : "fp32")}";

    public override int Threads => 1;

    public override Tensor Create(int rows, int columns) => new ScalarTensor<T>(new T[(long)rows * columns], 0, rows, columns);

    public override void Write(Tensor target, ReadOnlySpan<float> values) => Fill(target, values);

    public override void Write(Tensor target, ReadOnlySpan<double> values) => Fill(target, values);

    public override void Read(Tensor source, Span<float> values)
    {
        var from = Open(source);
        Require(from.Length == values.Length, $"{source} does not hold {values.Length} numbers.");
        for (var i = 0; i < from.Length; i++)
            values[i] = float.CreateTruncating(from[i]);
    }

    public override void Copy(Tensor source, Tensor target)
    {
        Require(source.Count == target.Count, $"{source} cannot be copied to {target}.");
        Open(source).CopyTo(Open(target));
    }

    public override void Clear(Tensor target) => Open(target).Clear();

    public override Weights PackLinear(
        ReadOnlySpan<float> weight, int outputs, int inputs, ReadOnlySpan<float> bias, Precision precision = Precision.Fp32)
    {
        var packed = Pack(weight, outputs, inputs, 1, bias);
        if (precision == Precision.Int8)
            packed.Quantize();
        else if (precision == Precision.Bf16)
            packed.RoundToBFloat16();
        return packed;
    }

    public override Weights PackTemporal(ReadOnlySpan<float> weight, int outputs, int inputs, ReadOnlySpan<float> bias) =>
        Pack(weight, outputs, inputs, 3, bias);

    public override Weights PackConv3x3(
        ReadOnlySpan<float> weight, int outputs, int inputs, ReadOnlySpan<float> bias, Padding padding = Padding.Zero) =>
        Pack(weight, outputs, inputs, 9, bias, padding);

    public override Weights PackDepthwise(ReadOnlySpan<float> weight, int channels, int kernel, ReadOnlySpan<float> bias)
    {
        Require(kernel > 0 && kernel % 2 == 1, $"A depthwise kernel of {kernel} pixels has no middle.");
        return Pack(weight, channels, 1, kernel * kernel, bias);
    }

    public override void Linear(Tensor x, Weights weights, Tensor y, in Epilogue epilogue = default)
    {
        Require(x.Rows == y.Rows && x.Columns == weights.Inputs && y.Columns == weights.Outputs, $"Linear {x} to {y} with {weights.Outputs} x {weights.Inputs}.");
        var w = Open(weights, 1);
        Span<T> from = w.Precision == Precision.Int8 ? Open(x).ToArray() : Open(x);
        if (w.Precision == Precision.Int8)
            ScalarNumbers.RoundToSteps(from, x.Columns);
        ScalarConvolutions.Linear<T>(from, w, new ScalarEpilogue<T>(epilogue, y), Open(y));
    }

    public override void NormModulate(Tensor x, Tensor modulation, int shiftColumn, int scaleColumn, float eps, Tensor y)
    {
        Require(SameShape(x, y) && x.Rows % modulation.Rows == 0, $"Norm of {x} to {y} modulated by {modulation}.");
        Require(Math.Max(shiftColumn, scaleColumn) + x.Columns <= modulation.Columns, $"Modulation {modulation} is too narrow for {x}.");
        ScalarNorms.NormModulate(
            Open(x), x.Columns, Open(modulation), modulation.Columns, shiftColumn, scaleColumn, x.Rows / modulation.Rows, T.CreateChecked(eps), Open(y));
    }

    public override void RmsNorm(Tensor x, Tensor weight, float eps, bool relu, Tensor y)
    {
        Require(SameShape(x, y) && weight.Count == x.Columns, $"RMSNorm of {x} to {y} with a weight of {weight}.");
        ScalarNorms.RmsNorm(Open(x), x.Columns, Open(weight), T.CreateChecked(eps), relu, Open(y));
    }

    public override Tensor PackRotation(ReadOnlySpan<double> cos, ReadOnlySpan<double> sin, int tokens)
    {
        Require(tokens > 0 && cos.Length == sin.Length && cos.Length % tokens == 0, $"{cos.Length} cosines and {sin.Length} sines of {tokens} tokens.");
        var pairs = cos.Length / tokens;
        var rotation = Create(tokens, 2 * pairs);
        var to = Open(rotation);
        for (var i = 0; i < cos.Length; i++)
        {
            to[i / pairs * 2 * pairs + i % pairs] = T.CreateChecked(cos[i]);
            to[i / pairs * 2 * pairs + pairs + i % pairs] = T.CreateChecked(sin[i]);
        }

        return rotation;
    }

    public override void LinearAttention(
        Tensor q, Tensor k, Tensor v, Tensor rotation, int heads, Tensor? pastS, Tensor? pastZ, float eps, Tensor? s, Tensor? z, Tensor y)
    {
        RequireLinearAttention(q, k, v, y, heads, pastS, pastZ);
        RequireLinearAttention(q, k, v, y, heads, s, z);
        var d = q.Columns / heads;
        Require(rotation.Rows == q.Rows && rotation.Columns == d, $"Rotations {rotation} of tokens {q} with {heads} heads.");
        var (ownS, ownZ) = (new T[q.Columns * d], new T[q.Columns]);
        ScalarAttention.Terms<T>(Open(k), Open(v), Open(rotation), heads, d, ownS, ownZ);
        if (s is not null && z is not null)
        {
            ownS.CopyTo(Open(s));
            ownZ.CopyTo(Open(z));
        }

        for (var i = 0; i < ownS.Length && pastS is not null; i++)
            ownS[i] += Open(pastS)[i];
        for (var i = 0; i < ownZ.Length && pastZ is not null; i++)
            ownZ[i] += Open(pastZ)[i];
        ScalarAttention.Apply(Open(q), Open(rotation), ownS, ownZ, heads, d, T.CreateChecked(eps), Open(y));
    }

    public override void AddRotated(Tensor source, ReadOnlySpan<double> cos, ReadOnlySpan<double> sin, float scale, Tensor target)
    {
        Require(SameShape(source, target) && cos.Length == sin.Length && cos.Length * 2 == source.Columns, $"Rotation of {source} into {target} by {cos.Length} pairs.");
        ScalarAttention.AddRotated(Open(source), cos, sin, T.CreateChecked(scale), Open(target));
    }

    public override void Add(Tensor source, float scale, Tensor target)
    {
        Require(source.Columns == target.Columns && (source.Rows == target.Rows || source.Rows == 1), $"{source} cannot be added to {target}.");
        ReadOnlySpan<T> from = Open(source);
        var to = Open(target);
        var factor = T.CreateChecked(scale);
        for (var i = 0; i < to.Length; i++)
            to[i] += factor * from[i % from.Length];
    }

    public override void Scale(Tensor target, float factor)
    {
        foreach (ref var value in Open(target))
            value *= T.CreateChecked(factor);
    }

    public override void CrossAttention(Tensor q, Tensor k, Tensor v, int heads, Tensor y)
    {
        Require(SameShape(q, y) && SameShape(k, v) && q.Columns == k.Columns && q.Columns % heads == 0, $"Cross-attention of {q} to {k}, {v} with {heads} heads.");
        ScalarAttention.Cross<T>(Open(q), Open(k), Open(v), heads, q.Columns / heads, Open(y));
    }

    public override void RotateHalves(Tensor x, Tensor cos, Tensor sin)
    {
        Require(SameShape(cos, sin) && x.Rows == cos.Rows && x.Columns % (2 * cos.Columns) == 0, $"Rotation of {x} by {cos} and {sin}.");
        ScalarCausalAttention.RotateHalves<T>(Open(x), Open(cos), Open(sin), x.Columns, cos.Columns);
    }

    public override void CausalAttention(Tensor q, Tensor k, Tensor v, in CausalAttentionShape shape, Tensor y)
    {
        RequireCausal(q, k, v, shape, y);
        ScalarCausalAttention.Attend<T>(Open(q), Open(k), Open(v), shape, q.Columns / shape.Heads, Open(y));
    }

    public override void DepthwiseGlu(Tensor x, Weights weights, int height, int width, Tensor y)
    {
        Require(x.Columns == weights.Outputs && y.Columns * 2 == x.Columns && x.Rows == y.Rows && x.Rows % (height * width) == 0, $"Depthwise GLU of {x} to {y} at {height} x {width}.");
        ScalarConvolutions.DepthwiseGlu<T>(Open(x), Open(weights, 9), height, width, Open(y));
    }

    public override void Depthwise(Tensor x, Weights weights, int height, int width, Tensor y)
    {
        Require(SameShape(x, y) && x.Columns == weights.Outputs && weights.Inputs == 1 && x.Rows % (height * width) == 0, $"Depthwise convolution of {x} to {y} at {height} x {width}.");
        ScalarConvolutions.Depthwise<T>(Open(x), Open(weights, weights.Taps), height, width, Open(y));
    }

    public override void TemporalMix(Tensor x, Tensor? tail, Weights weights, int rowsPerFrame, Tensor y, in Epilogue epilogue = default)
    {
        Require(SameShape(x, y) && x.Rows % rowsPerFrame == 0 && x.Columns == weights.Inputs && x.Columns == weights.Outputs, $"Temporal mix of {x} to {y}.");
        Require(tail is null || (tail.Rows == rowsPerFrame && tail.Columns == x.Columns), $"A tail of {tail} does not fit {x}.");
        ScalarConvolutions.TemporalMix(
            Open(x), tail is null ? default : (ReadOnlySpan<T>)Open(tail), Open(weights, 3), rowsPerFrame, new ScalarEpilogue<T>(epilogue, y), Open(y));
    }

    public override void Conv3x3(Tensor x, Weights weights, int height, int width, Tensor y, in Epilogue epilogue = default)
    {
        Require(x.Rows == y.Rows && x.Rows % (height * width) == 0 && x.Columns == weights.Inputs && y.Columns == weights.Outputs, $"3x3 convolution of {x} to {y} at {height} x {width}.");
        Require(weights.Padding == Padding.Zero || Math.Min(height, width) > 1, $"Frames of {height} x {width} are too small to be mirrored.");
        ScalarConvolutions.Conv3x3(Open(x), Open(weights, 9), height, width, new ScalarEpilogue<T>(epilogue, y), Open(y));
    }

    public override void Activate(Tensor x, Activation activation, Tensor y)
    {
        Require(x.Count == y.Count, $"Activation of {x} to {y}.");
        ReadOnlySpan<T> from = Open(x);
        var to = Open(y);
        for (var i = 0; i < to.Length; i++)
            to[i] = ScalarNumbers.Apply(activation, from[i]);
    }

    public override void SpaceToDepth(Tensor x, int height, int width, int factor, Tensor y)
    {
        RequireSpace(x, y, height, width, factor);
        ScalarConvolutions.MoveSpace(Open(x), height, width, factor, x.Columns, true, Open(y));
    }

    public override void DepthToSpace(Tensor x, int height, int width, int factor, Tensor y)
    {
        RequireSpace(y, x, height * factor, width * factor, factor);
        ScalarConvolutions.MoveSpace(Open(x), height * factor, width * factor, factor, y.Columns, false, Open(y));
    }

    protected override void Dispose(bool disposing)
    {
    }

    private static Span<T> Open(Tensor tensor) => tensor is ScalarTensor<T> own
        ? own.Values
        : throw new ArgumentException($"A {tensor.GetType().Name} does not belong to {typeof(ScalarKernelSet<T>).Name}.");

    private static ScalarWeights<T> Open(Weights weights, int taps) => weights is ScalarWeights<T> own && own.Taps == taps
        ? own
        : throw new ArgumentException($"{weights.GetType().Name} with {weights.Taps} taps where {taps} are needed.");

    private static void Fill<TValue>(Tensor target, ReadOnlySpan<TValue> values)
        where TValue : unmanaged, INumberBase<TValue>
    {
        var to = Open(target);
        Require(to.Length == values.Length, $"{target} does not hold {values.Length} numbers.");
        for (var i = 0; i < to.Length; i++)
            to[i] = T.CreateChecked(values[i]);
    }

    private static ScalarWeights<T> Pack(
        ReadOnlySpan<float> weight, int outputs, int inputs, int taps, ReadOnlySpan<float> bias, Padding padding = Padding.Zero)
    {
        Require(weight.Length == outputs * inputs * taps, $"{weight.Length} weights are not {outputs} x {inputs} x {taps}.");
        Require(bias.IsEmpty || bias.Length == outputs, $"A bias of {bias.Length} does not fit {outputs} outputs.");
        return new ScalarWeights<T>(outputs, inputs, taps, weight, bias) { Padding = padding };
    }

    private static bool SameShape(Tensor a, Tensor b) => a.Rows == b.Rows && a.Columns == b.Columns;

    private static void RequireSpace(Tensor fine, Tensor coarse, int height, int width, int factor) => Require(
        fine.Count == coarse.Count && coarse.Columns == fine.Columns * factor * factor
        && height % factor == 0 && width % factor == 0 && fine.Rows % (height * width) == 0,
        $"{fine} and {coarse} do not fit {height} x {width} by {factor}.");

    private static void Require(bool fits, [System.Runtime.CompilerServices.InterpolatedStringHandlerArgument(nameof(fits))] ShapeMessage message)
    {
        if (!fits)
            throw new ArgumentException(message.ToString());
    }
}
