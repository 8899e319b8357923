using System.Runtime.CompilerServices;

namespace SanaLive.Runtime.Kernels.Cpu;

/// <summary>
/// The kernels in pure C# on the vectors of this processor: packed weights, one matrix product under everything, persistent threads, and
/// no allocation after the first call with given shapes. Results do not depend on the number of threads, to the bit; between
/// instruction sets they differ by rounding.
/// </summary>
public sealed unsafe class CpuKernelSet : KernelSet
{
    private readonly CpuKernels cpu;

    // A kernel holds bare pointers while it runs: what it works on must not be collected under it.
    private readonly object?[] inUse = new object?[16];
    private int nextInUse;

    /// <param name="threads">Threads that compute, the caller among them; 0 takes one for every processor of this process.</param>
    /// <param name="instructionSet">Which vectors to use; null takes the widest that this processor runs.</param>
    /// <exception cref="PlatformNotSupportedException">This processor does not run that instruction set.</exception>
    public CpuKernelSet(int threads = 0, CpuInstructionSet? instructionSet = null)
        : this(threads, instructionSet, null)
    {
    }

    /// <summary>For tests: 8-bit products in a way that is not the fastest.</summary>
    internal CpuKernelSet(int threads, CpuInstructionSet? instructionSet, CpuByteProducts? byteProducts)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        cpu = new CpuKernels(threads, instructionSet, byteProducts);
        Name = cpu.InstructionSet switch
        {
            CpuInstructionSet.Vector512 => "cpu/avx512",
            CpuInstructionSet.Vector256 => "cpu/avx2",
            _ => "cpu/vector128",
        };
    }

    public override string Name { get; }

    /// <summary>How 8-bit products are made here.</summary>
    public CpuByteProducts ByteProducts => cpu.ByteProducts;

    public override bool FastInt8 => ByteProducts == CpuByteProducts.Vnni;

    public override int Threads => cpu.ThreadCount;

    public override Tensor Create(int rows, int columns) => new CpuTensor(rows, columns);

    public override void Write(Tensor target, ReadOnlySpan<float> values)
    {
        Require(target.Count == values.Length, $"{target} does not hold {values.Length} numbers.");
        values.CopyTo(Own(target).Span);
    }

    public override void Write(Tensor target, ReadOnlySpan<double> values)
    {
        Require(target.Count == values.Length, $"{target} does not hold {values.Length} numbers.");
        var to = Own(target).Span;
        for (var i = 0; i < values.Length; i++)
            to[i] = (float)values[i];
    }

    public override void Read(Tensor source, Span<float> values)
    {
        Require(source.Count == values.Length, $"{source} does not hold {values.Length} numbers.");
        Own(source).Span.CopyTo(values);
    }

    public override void ReadBytes(Tensor source, float scale, float offset, Span<byte> bytes)
    {
        Require(source.Count == bytes.Length, $"{source} does not hold {bytes.Length} numbers.");
        fixed (byte* target = bytes)
            CpuElementwise.ToBytes(cpu, Open(source), (nint)source.Count, scale, offset, target);
    }

    public override void Copy(Tensor source, Tensor target)
    {
        Require(source.Count == target.Count, $"{source} cannot be copied to {target}.");
        var bytes = source.Count * sizeof(float);
        Buffer.MemoryCopy(Open(source), Open(target), bytes, bytes);
    }

    public override void Clear(Tensor target) => Own(target).Span.Clear();

    public override Weights PackLinear(
        ReadOnlySpan<float> weight, int outputs, int inputs, ReadOnlySpan<float> bias, Precision precision = Precision.Fp32)
    {
        RequireWeights(weight, outputs, inputs, 1, bias);
        return precision switch
        {
            Precision.Fp32 => CpuLinear.Pack(weight, outputs, inputs, bias),
            Precision.Int8 => new CpuInt8Weights(weight, outputs, inputs, bias),
            Precision.Bf16 => CpuLinear.Pack(BFloat16.Round(weight), outputs, inputs, bias),
            _ => throw new ArgumentOutOfRangeException(nameof(precision), precision, "Unknown precision."),
        };
    }

    public override Weights PackLinear(ReadOnlySpan<ushort> weight, int outputs, int inputs, ReadOnlySpan<float> bias)
    {
        RequireWeights(weight, outputs, inputs, 1, bias);
        return CpuLinear.Pack(weight, outputs, inputs, bias);
    }

    public override Weights PackTemporal(ReadOnlySpan<float> weight, int outputs, int inputs, ReadOnlySpan<float> bias)
    {
        RequireWeights(weight, outputs, inputs, 3, bias);
        return CpuTemporalMix.Pack(weight, outputs, inputs, bias);
    }

    public override Weights PackTemporal(ReadOnlySpan<ushort> weight, int outputs, int inputs, ReadOnlySpan<float> bias)
    {
        RequireWeights(weight, outputs, inputs, 3, bias);
        return CpuTemporalMix.Pack(weight, outputs, inputs, bias);
    }

    public override Weights PackConv3x3(
        ReadOnlySpan<float> weight, int outputs, int inputs, ReadOnlySpan<float> bias, Padding padding = Padding.Zero)
    {
        RequireWeights(weight, outputs, inputs, 9, bias);
        return CpuWinograd.Pays(outputs, inputs)
            ? new CpuWinogradWeights(weight, outputs, inputs, bias) { Padding = padding }
            : CpuConv3x3.Pack(weight, outputs, inputs, bias, padding);
    }

    public override Weights PackDepthwise(ReadOnlySpan<float> weight, int channels, int kernel, ReadOnlySpan<float> bias)
    {
        Require(kernel > 0 && kernel % 2 == 1, $"A depthwise kernel of {kernel} pixels has no middle.");
        RequireWeights(weight, channels, 1, kernel * kernel, bias);
        return new CpuDepthwiseWeights(weight, channels, kernel, bias);
    }

    public override void Linear(Tensor x, Weights weights, Tensor y, in Epilogue epilogue = default)
    {
        Require(
            x.Rows == y.Rows && x.Columns == weights.Inputs && y.Columns == weights.Outputs,
            $"Linear of {x} to {y}: weights of {weights.Outputs} x {weights.Inputs}.");
        if (weights is CpuInt8Weights bytes)
        {
            CpuInt8Linear.Run(cpu, Open(x), x.Rows, Hold(bytes), Open(y), Open(epilogue, bytes.Bias, y));
            return;
        }

        var w = Open(weights, 1);
        CpuLinear.Run(cpu, Open(x), x.Rows, w, Open(y), Open(epilogue, w.Bias, y));
    }

    public override void NormModulate(Tensor x, Tensor modulation, int shiftColumn, int scaleColumn, float eps, Tensor y)
    {
        Require(SameShape(x, y) && x.Rows % modulation.Rows == 0, $"Norm of {x} to {y} modulated by {modulation}.");
        Require(
            Math.Min(shiftColumn, scaleColumn) >= 0 && Math.Max(shiftColumn, scaleColumn) + x.Columns <= modulation.Columns,
            $"Modulation {modulation} from columns {shiftColumn} and {scaleColumn} is too narrow for {x}.");
        var vectors = new RowVectors(Open(modulation), modulation.Columns, x.Rows / modulation.Rows);
        CpuNorms.Modulate(cpu, Open(x), x.Rows, x.Columns, vectors.From(shiftColumn), vectors.From(scaleColumn), eps, Open(y));
    }

    public override void RmsNorm(Tensor x, Tensor weight, float eps, bool relu, Tensor y)
    {
        Require(SameShape(x, y) && weight.Count == x.Columns, $"RMSNorm of {x} to {y} with a weight of {weight}.");
        CpuNorms.Rms(cpu, Open(x), x.Rows, x.Columns, Open(weight), eps, relu, Open(y));
    }

    public override Tensor PackRotation(ReadOnlySpan<double> cos, ReadOnlySpan<double> sin, int tokens)
    {
        Require(tokens > 0 && cos.Length == sin.Length && cos.Length % tokens == 0, $"{cos.Length} cosines and {sin.Length} sines of {tokens} tokens.");
        var pairs = cos.Length / tokens;
        var rotation = new CpuTensor(tokens, Rotation.TableLength(2 * pairs));
        for (var token = 0; token < tokens; token++)
            Rotation.Spread(cos.Slice(token * pairs, pairs), sin.Slice(token * pairs, pairs), rotation.Span.Slice(token * rotation.Columns, rotation.Columns));
        return rotation;
    }

    public override void LinearAttention(
        Tensor q, Tensor k, Tensor v, Tensor rotation, int heads, Tensor? pastS, Tensor? pastZ, float eps, Tensor? s, Tensor? z, Tensor y)
    {
        RequireLinearAttention(q, k, v, y, heads, pastS, pastZ);
        RequireLinearAttention(q, k, v, y, heads, s, z);
        var d = q.Columns / heads;
        Require(rotation.Rows == q.Rows && rotation.Columns == Rotation.TableLength(d), $"Rotations {rotation} of tokens {q} with {heads} heads.");
        CpuLinearAttention.Run(
            cpu, Open(q), Open(k), Open(v), Open(rotation), q.Rows, heads, d, OpenOrNull(pastS), OpenOrNull(pastZ), eps, OpenOrNull(s), OpenOrNull(z), Open(y));
    }

    /// <remarks>Runs once a block on a state of some 10^4 numbers, in double: plain loops on the caller's thread.</remarks>
    public override void AddRotated(Tensor source, ReadOnlySpan<double> cos, ReadOnlySpan<double> sin, float scale, Tensor target)
    {
        Require(
            SameShape(source, target) && cos.Length == sin.Length && cos.Length * 2 == source.Columns,
            $"Rotation of {source} into {target} by {cos.Length} pairs.");
        float* from = Open(source), to = Open(target);
        for (var row = 0; row < source.Rows; row++)
        {
            for (var pair = 0; pair < cos.Length; pair++, from += 2, to += 2)
            {
                double a = from[0], b = from[1];
                to[0] += (float)(scale * ((a * cos[pair]) - (b * sin[pair])));
                to[1] += (float)(scale * ((a * sin[pair]) + (b * cos[pair])));
            }
        }
    }

    public override void Add(Tensor source, float scale, Tensor target)
    {
        Require(source.Columns == target.Columns && (source.Rows == target.Rows || source.Rows == 1), $"{source} cannot be added to {target}.");
        float* from = Open(source), to = Open(target);
        if (source.Rows == target.Rows)
        {
            CpuElementwise.Add(cpu, from, (nint)source.Count, scale, to);
            return;
        }
        for (var row = 0; row < target.Rows; row++, to += target.Columns)
            CpuElementwise.Add(cpu, from, source.Columns, scale, to);
    }

    public override void Scale(Tensor target, float factor) => CpuElementwise.Scale(cpu, Open(target), (nint)target.Count, factor);

    public override void CrossAttention(Tensor q, Tensor k, Tensor v, int heads, Tensor y)
    {
        Require(
            SameShape(q, y) && SameShape(k, v) && q.Columns == k.Columns && heads > 0 && q.Columns % heads == 0,
            $"Cross-attention of {q} to {k}, {v} with {heads} heads.");
        CpuCrossAttention.Run(cpu, Open(q), Open(k), Open(v), q.Rows, k.Rows, heads, q.Columns / heads, Open(y));
    }

    public override void RotateHalves(Tensor x, Tensor cos, Tensor sin)
    {
        Require(SameShape(cos, sin) && x.Rows == cos.Rows && x.Columns % (2 * cos.Columns) == 0, $"Rotation of {x} by {cos} and {sin}.");
        CpuRotateHalves.Run(cpu, Open(x), x.Rows, x.Columns, Open(cos), Open(sin), cos.Columns);
    }

    public override void CausalAttention(Tensor q, Tensor k, Tensor v, in CausalAttentionShape shape, Tensor y)
    {
        RequireCausal(q, k, v, shape, y);
        CpuCausalAttention.Run(cpu, Open(q), Open(k), Open(v), q.Rows, k.Rows, shape, q.Columns / shape.Heads, Open(y));
    }

    public override void DepthwiseGlu(Tensor x, Weights weights, int height, int width, Tensor y)
    {
        RequireFrames(x, height, width);
        Require(x.Columns == weights.Outputs && y.Columns * 2 == x.Columns && x.Rows == y.Rows, $"Depthwise GLU of {x} to {y} at {height} x {width}.");
        if (weights is not CpuDepthwiseWeights { Kernel: 3 } own)
            throw new ArgumentException($"{weights.GetType().Name} with {weights.Taps} taps where a depthwise kernel of 3 x 3 is needed.");
        CpuDepthwiseGlu.Run(cpu, Open(x), Hold(own), x.Rows / (height * width), height, width, Open(y));
    }

    public override void Depthwise(Tensor x, Weights weights, int height, int width, Tensor y)
    {
        RequireFrames(x, height, width);
        Require(SameShape(x, y) && x.Columns == weights.Outputs, $"Depthwise convolution of {x} to {y} at {height} x {width}.");
        if (weights is not CpuDepthwiseWeights own)
            throw new ArgumentException($"{weights.GetType().Name} with {weights.Taps} taps where a depthwise kernel is needed.");
        CpuDepthwise.Run(cpu, Open(x), Hold(own), x.Rows / (height * width), height, width, Open(y));
    }

    public override void TemporalMix(Tensor x, Tensor? tail, Weights weights, int rowsPerFrame, Tensor y, in Epilogue epilogue = default)
    {
        var w = Open(weights, 3);
        Require(
            SameShape(x, y) && rowsPerFrame > 0 && x.Rows % rowsPerFrame == 0 && x.Columns == w.Inputs && x.Columns == w.Outputs,
            $"Temporal mix of {x} to {y} with {rowsPerFrame} rows a frame.");
        Require(tail is null || (tail.Rows == rowsPerFrame && tail.Columns == x.Columns), $"A tail of {tail} does not fit {x}.");
        CpuTemporalMix.Run(
            cpu, Open(x), tail is null ? null : Open(tail), x.Rows / rowsPerFrame, rowsPerFrame, w, Open(y), Open(epilogue, w.Bias, y));
    }

    public override void Conv3x3(Tensor x, Weights weights, int height, int width, Tensor y, in Epilogue epilogue = default)
    {
        RequireFrames(x, height, width);
        Require(
            x.Rows == y.Rows && x.Columns == weights.Inputs && y.Columns == weights.Outputs, $"3x3 convolution of {x} to {y} at {height} x {width}.");
        Require(weights.Padding == Padding.Zero || Math.Min(height, width) > 1, $"Frames of {height} x {width} are too small to be mirrored.");
        var frames = x.Rows / (height * width);
        if (weights is CpuWinogradWeights fast)
        {
            CpuWinograd.Run(cpu, Open(x), frames, height, width, Hold(fast), Open(y), Open(epilogue, fast.Bias, y));
            return;
        }
        var w = Open(weights, 9);
        CpuConv3x3.Run(cpu, Open(x), frames, height, width, w, Open(y), Open(epilogue, w.Bias, y));
    }

    public override void Activate(Tensor x, Activation activation, Tensor y)
    {
        Require(x.Count == y.Count, $"Activation of {x} to {y}.");
        CpuElementwise.Activate(cpu, Open(x), (nint)x.Count, activation, Open(y));
    }

    public override void SpaceToDepth(Tensor x, int height, int width, int factor, Tensor y)
    {
        RequireSpace(x, y, height, width, factor);
        CpuElementwise.MoveSpace(cpu, Open(x), x.Rows / (height * width), height, width, factor, x.Columns, true, Open(y));
    }

    public override void DepthToSpace(Tensor x, int height, int width, int factor, Tensor y)
    {
        Require(height > 0 && width > 0 && factor > 0, $"Depth to space of {height} x {width} by {factor}.");
        RequireSpace(y, x, height * factor, width * factor, factor);
        CpuElementwise.MoveSpace(cpu, Open(x), x.Rows / (height * width), height * factor, width * factor, factor, y.Columns, false, Open(y));
    }

    public override void MemoryGivenBack() => SystemHeap.StreamEnded();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            cpu.Dispose();
    }

    private static CpuTensor Own(Tensor tensor) =>
        tensor as CpuTensor ?? throw new ArgumentException($"A {tensor.GetType().Name} does not belong to {nameof(CpuKernelSet)}.");

    private static bool SameShape(Tensor a, Tensor b) => a.Rows == b.Rows && a.Columns == b.Columns;

    private static void RequireWeights<T>(ReadOnlySpan<T> weight, int outputs, int inputs, int taps, ReadOnlySpan<float> bias)
    {
        Require(weight.Length == (long)outputs * inputs * taps, $"{weight.Length} weights are not {outputs} x {inputs} x {taps}.");
        Require(bias.IsEmpty || bias.Length == outputs, $"A bias of {bias.Length} does not fit {outputs} outputs.");
    }

    private static void RequireFrames(Tensor x, int height, int width) => Require(
        height > 0 && width > 0 && x.Rows % ((long)height * width) == 0, $"{x} is not made of frames of {height} x {width}.");

    private static void RequireSpace(Tensor fine, Tensor coarse, int height, int width, int factor) => Require(
        factor > 0 && fine.Count == coarse.Count && coarse.Columns == fine.Columns * factor * factor && height > 0 && width > 0
        && height % factor == 0 && width % factor == 0 && fine.Rows % ((long)height * width) == 0,
        $"{fine} and {coarse} do not fit {height} x {width} by {factor}.");

    private static void Require(bool fits, [InterpolatedStringHandlerArgument(nameof(fits))] ShapeMessage message)
    {
        if (!fits)
            throw new ArgumentException(message.ToString());
    }

    private T Hold<T>(T item)
        where T : class
    {
        inUse[nextInUse++ & (inUse.Length - 1)] = item;
        return item;
    }

    private float* Open(Tensor tensor) => Hold(Own(tensor)).Pointer;

    private float* OpenOrNull(Tensor? tensor) => tensor is null ? null : Open(tensor);

    private CpuWeights Open(Weights weights, int taps) => weights is CpuWeights own && own.Taps == taps
        ? Hold(own)
        : throw new ArgumentException($"{weights.GetType().Name} with {weights.Taps} taps where {taps} are needed.");

    private GemmEpilogue Open(in Epilogue epilogue, float* bias, Tensor y)
    {
        var opened = new GemmEpilogue { Bias = bias, Activation = epilogue.Activation };
        if (epilogue.Residual is { } residual)
        {
            Require(SameShape(residual, y), $"A residual of {residual} does not fit an output of {y}.");
            opened.Residual = Open(residual);
        }
        if (epilogue.Gate is { } gate)
        {
            Require(
                y.Rows % gate.Rows == 0 && epilogue.GateColumn >= 0 && epilogue.GateColumn + y.Columns <= gate.Columns,
                $"A gate of {gate} from column {epilogue.GateColumn} does not fit an output of {y}.");
            opened.Gate = new RowVectors(Open(gate), gate.Columns, y.Rows / gate.Rows).From(epilogue.GateColumn);
        }
        return opened;
    }
}
