using System.Buffers;

namespace SanaLive.Runtime.Kernels;

/// <summary>
/// The operations that the models are written against, on one kind of device. A kernel set owns the memory of its
/// tensors and weights. It is used by one thread at a time (its kernels may use many); after the first call with given
/// shapes no call allocates. Outputs may not overlap inputs unless an operation says so. Shapes that do not fit throw
/// <see cref="ArgumentException"/>.
/// </summary>
public abstract class KernelSet : IDisposable
{
    /// <summary>Kernel set and instruction set, for example <c>cpu/avx512</c>: part of what makes frames equal bit for bit.</summary>
    public abstract string Name { get; }

    /// <summary>Threads that compute.</summary>
    public abstract int Threads { get; }

    /// <summary>Whether linears in <see cref="Precision.Int8"/> take less time than in fp32.</summary>
    public virtual bool FastInt8 => false;

    // Memory

    /// <summary>New memory, filled with zeros.</summary>
    public abstract Tensor Create(int rows, int columns);

    /// <summary>Copies numbers from the host; as many as the tensor has.</summary>
    public abstract void Write(Tensor target, ReadOnlySpan<float> values);

    /// <inheritdoc cref="Write(Tensor, ReadOnlySpan{float})"/>
    public abstract void Write(Tensor target, ReadOnlySpan<double> values);

    /// <summary>Copies numbers to the host; as many as the tensor has.</summary>
    public abstract void Read(Tensor source, Span<float> values);

    /// <summary>Copies to the host as bytes: <c>round(value * scale + offset)</c>, held within 0 to 255; as many as the tensor has.</summary>
    public virtual void ReadBytes(Tensor source, float scale, float offset, Span<byte> bytes)
    {
        var values = ArrayPool<float>.Shared.Rent(checked((int)source.Count));
        Read(source, values.AsSpan(0, bytes.Length));
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)Math.Clamp((int)(values[i] * scale + offset + 0.5f), 0, 255);
        ArrayPool<float>.Shared.Return(values);
    }

    /// <summary>One row with these numbers.</summary>
    public Tensor Row(ReadOnlySpan<float> values)
    {
        var row = Create(1, values.Length);
        Write(row, values);
        return row;
    }

    /// <summary>Copies between tensors of the same number of elements.</summary>
    public abstract void Copy(Tensor source, Tensor target);

    public abstract void Clear(Tensor target);

    // Weights

    /// <param name="weight">[outputs, inputs].</param>
    /// <param name="outputs">Rows of the weight.</param>
    /// <param name="inputs">Columns of the weight.</param>
    /// <param name="bias">[outputs] or empty.</param>
    /// <param name="precision">Of the products.</param>
    public abstract Weights PackLinear(
        ReadOnlySpan<float> weight, int outputs, int inputs, ReadOnlySpan<float> bias, Precision precision = Precision.Fp32);

    /// <summary>A linear in <see cref="Precision.Bf16"/> of weights that are bf16 already, straight from a mapped checkpoint.</summary>
    /// <param name="weight">[outputs, inputs], each the upper half of a float.</param>
    /// <param name="outputs">Rows of the weight.</param>
    /// <param name="inputs">Columns of the weight.</param>
    /// <param name="bias">[outputs] or empty.</param>
    public virtual Weights PackLinear(ReadOnlySpan<ushort> weight, int outputs, int inputs, ReadOnlySpan<float> bias) =>
        PackLinear(BFloat16.Widen(weight), outputs, inputs, bias, Precision.Bf16);

    /// <summary>A convolution over three frames (or moments), kernel positions oldest first.</summary>
    /// <param name="weight">[outputs, inputs, 3].</param>
    /// <param name="outputs">Output channels.</param>
    /// <param name="inputs">Input channels.</param>
    /// <param name="bias">[outputs] or empty.</param>
    public abstract Weights PackTemporal(ReadOnlySpan<float> weight, int outputs, int inputs, ReadOnlySpan<float> bias);

    /// <summary>As the other, of bf16 weights that stay so in memory.</summary>
    /// <inheritdoc cref="PackTemporal(ReadOnlySpan{float}, int, int, ReadOnlySpan{float})"/>
    public virtual Weights PackTemporal(ReadOnlySpan<ushort> weight, int outputs, int inputs, ReadOnlySpan<float> bias) =>
        PackTemporal(BFloat16.Widen(weight), outputs, inputs, bias);

    /// <param name="weight">[outputs, inputs, 3, 3].</param>
    /// <param name="outputs">Output channels.</param>
    /// <param name="inputs">Input channels.</param>
    /// <param name="bias">[outputs] or empty.</param>
    /// <param name="padding">What the layer sees outside of a frame.</param>
    public abstract Weights PackConv3x3(
        ReadOnlySpan<float> weight, int outputs, int inputs, ReadOnlySpan<float> bias, Padding padding = Padding.Zero);

    /// <param name="weight">[channels, 1, kernel, kernel].</param>
    /// <param name="channels">Channels.</param>
    /// <param name="kernel">Pixels of a side: an odd number.</param>
    /// <param name="bias">[channels] or empty.</param>
    public abstract Weights PackDepthwise(ReadOnlySpan<float> weight, int channels, int kernel, ReadOnlySpan<float> bias);

    /// <param name="weight">[channels, 1, 3, 3].</param>
    /// <param name="channels">Channels.</param>
    /// <param name="bias">[channels] or empty.</param>
    public Weights PackDepthwise3x3(ReadOnlySpan<float> weight, int channels, ReadOnlySpan<float> bias) => PackDepthwise(weight, channels, 3, bias);

    // Layers

    /// <summary><c>y = epilogue(x W^T + b)</c>. <paramref name="x"/> is [rows, inputs], <paramref name="y"/> [rows, outputs].</summary>
    public abstract void Linear(Tensor x, Weights weights, Tensor y, in Epilogue epilogue = default);

    /// <summary>
    /// LayerNorm without affine, then modulation: <c>y = norm(x) * (1 + scale) + shift</c>. Rows are split into as many
    /// equal runs as <paramref name="modulation"/> has rows (one per sample, frame or token). May work in place.
    /// </summary>
    /// <param name="x">[rows, width].</param>
    /// <param name="modulation">[groups, n * width].</param>
    /// <param name="shiftColumn">First column of the shift in <paramref name="modulation"/>.</param>
    /// <param name="scaleColumn">First column of the scale.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="y">[rows, width].</param>
    public abstract void NormModulate(Tensor x, Tensor modulation, int shiftColumn, int scaleColumn, float eps, Tensor y);

    /// <summary>RMSNorm over the whole width, <c>y = x / sqrt(mean(x^2) + eps) * weight</c>, then ReLU if asked. May work in place.</summary>
    public abstract void RmsNorm(Tensor x, Tensor weight, float eps, bool relu, Tensor y);

    /// <summary>Rotations of a block's tokens, laid out as <see cref="LinearAttention"/> of this kernel set reads them.</summary>
    /// <param name="cos">[tokens, d / 2]: of each token's adjacent pairs.</param>
    /// <param name="sin">[tokens, d / 2].</param>
    /// <param name="tokens">How many.</param>
    public abstract Tensor PackRotation(ReadOnlySpan<double> cos, ReadOnlySpan<double> sin, int tokens);

    /// <summary>
    /// Linear attention of one block with its state, in one go: the block's own terms <c>S = sum v (R k)^T</c> per head and
    /// <c>z = sum k</c>, not rotated; then <c>y = (S_past + S) R q / ((z_past + z) . q + eps)</c>.
    /// </summary>
    /// <param name="q">[tokens, heads * d], after norm and ReLU, not rotated.</param>
    /// <param name="k">As <paramref name="q"/>.</param>
    /// <param name="v">[tokens, heads * d].</param>
    /// <param name="rotation">Of the tokens, by <see cref="PackRotation"/>.</param>
    /// <param name="heads">How many.</param>
    /// <param name="pastS">[heads * d, d]: row of the value, column of the key; null without a past.</param>
    /// <param name="pastZ">[heads, d]; null without a past.</param>
    /// <param name="eps">Added to the denominator.</param>
    /// <param name="s">Where the block's own S is kept, as <paramref name="pastS"/>; null if nobody wants it.</param>
    /// <param name="z">Where the block's own z is kept; null together with <paramref name="s"/>.</param>
    /// <param name="y">[tokens, heads * d].</param>
    public abstract void LinearAttention(
        Tensor q, Tensor k, Tensor v, Tensor rotation, int heads, Tensor? pastS, Tensor? pastZ, float eps, Tensor? s, Tensor? z, Tensor y);

    /// <summary>
    /// Adds terms moved to another time origin: <c>target += scale * source R(angle)^T</c>, the rotation acting on the key side.
    /// </summary>
    /// <param name="source">[rows, d].</param>
    /// <param name="cos">d / 2 cosines, one per pair.</param>
    /// <param name="sin">d / 2 sines.</param>
    /// <param name="scale">Factor of the source.</param>
    /// <param name="target">[rows, d].</param>
    public abstract void AddRotated(Tensor source, ReadOnlySpan<double> cos, ReadOnlySpan<double> sin, float scale, Tensor target);

    /// <summary><c>target += scale * source</c>. A source of one row is added to every row.</summary>
    public abstract void Add(Tensor source, float scale, Tensor target);

    /// <summary><c>target *= factor</c>.</summary>
    public abstract void Scale(Tensor target, float factor);

    /// <summary>Softmax attention of every row of <paramref name="q"/> to the rows of <paramref name="k"/>, scaled by 1 / sqrt(d).</summary>
    /// <param name="q">[tokens, heads * d].</param>
    /// <param name="k">[words, heads * d]; masked words are left out by the caller.</param>
    /// <param name="v">[words, heads * d].</param>
    /// <param name="heads">Number of heads.</param>
    /// <param name="y">[tokens, heads * d].</param>
    public abstract void CrossAttention(Tensor q, Tensor k, Tensor v, int heads, Tensor y);

    /// <summary>
    /// Turns every head of a language model's queries or keys by its place in the text, in place: channel i with channel i + d / 2,
    /// <c>(a, b) -> (a cos - b sin, b cos + a sin)</c>.
    /// </summary>
    /// <param name="x">[tokens, heads * d].</param>
    /// <param name="cos">[tokens, d / 2].</param>
    /// <param name="sin">[tokens, d / 2].</param>
    public abstract void RotateHalves(Tensor x, Tensor cos, Tensor sin);

    /// <summary>
    /// Softmax attention of every token to itself and the tokens before it. There may be more keys than tokens: the last token is at
    /// the last key, so that the keys of a text's beginning can be kept. What a token does not see takes no part at all.
    /// </summary>
    /// <param name="q">[tokens, heads * d].</param>
    /// <param name="k">[keys, kvHeads * d], as many as tokens or more.</param>
    /// <param name="v">[keys, kvHeads * d].</param>
    /// <param name="shape">Heads, scale, window, cap.</param>
    /// <param name="y">[tokens, heads * d].</param>
    public abstract void CausalAttention(Tensor q, Tensor k, Tensor v, in CausalAttentionShape shape, Tensor y);

    /// <summary>
    /// Depthwise 3x3 (zero padded) per frame, then the gated linear unit: <c>y = a * silu(b)</c>, a and b being the first
    /// and second half of the channels.
    /// </summary>
    /// <param name="x">[frames * height * width, 2 * c].</param>
    /// <param name="weights">Packed by <see cref="PackDepthwise3x3"/> for 2 * c channels.</param>
    /// <param name="height">Rows of one frame.</param>
    /// <param name="width">Columns of one frame.</param>
    /// <param name="y">[frames * height * width, c].</param>
    public abstract void DepthwiseGlu(Tensor x, Weights weights, int height, int width, Tensor y);

    /// <summary>Depthwise convolution (zero padded) of each frame, channels last.</summary>
    /// <param name="x">[frames * height * width, c].</param>
    /// <param name="weights">Packed by <see cref="PackDepthwise"/> for c channels.</param>
    /// <param name="height">Rows of one frame.</param>
    /// <param name="width">Columns of one frame.</param>
    /// <param name="y">As <paramref name="x"/>.</param>
    public abstract void Depthwise(Tensor x, Weights weights, int height, int width, Tensor y);

    /// <summary>
    /// <c>y = epilogue(x + conv(x))</c>, the convolution over three frames: the first frame sees the tail (zeros without
    /// one) on its left, the last frame sees zeros on its right.
    /// </summary>
    /// <param name="x">[frames * rowsPerFrame, c].</param>
    /// <param name="tail">[rowsPerFrame, c]: the frame before, at the input of this layer; null at the beginning.</param>
    /// <param name="weights">Packed by <see cref="PackTemporal(ReadOnlySpan{float}, int, int, ReadOnlySpan{float})"/>.</param>
    /// <param name="rowsPerFrame">Tokens of a frame.</param>
    /// <param name="y">As <paramref name="x"/>.</param>
    /// <param name="epilogue">Applied to the sum.</param>
    public abstract void TemporalMix(Tensor x, Tensor? tail, Weights weights, int rowsPerFrame, Tensor y, in Epilogue epilogue = default);

    /// <summary>3x3 convolution of each frame, padded as its weights say, channels last.</summary>
    /// <param name="x">[frames * height * width, inputs].</param>
    /// <param name="weights">Packed by <see cref="PackConv3x3"/>.</param>
    /// <param name="height">Rows of one frame.</param>
    /// <param name="width">Columns of one frame.</param>
    /// <param name="y">[frames * height * width, outputs].</param>
    /// <param name="epilogue">Activation and residual.</param>
    public abstract void Conv3x3(Tensor x, Weights weights, int height, int width, Tensor y, in Epilogue epilogue = default);

    /// <summary>Element by element. May work in place.</summary>
    public abstract void Activate(Tensor x, Activation activation, Tensor y);

    /// <summary>
    /// Squares of <c>factor x factor</c> pixels become one row: [frames * height * width, c] to
    /// [frames * (height / factor) * (width / factor), factor * factor * c], columns in the order (dy, dx, channel).
    /// </summary>
    public abstract void SpaceToDepth(Tensor x, int height, int width, int factor, Tensor y);

    /// <summary>The inverse of <see cref="SpaceToDepth"/>; height and width are those of <paramref name="x"/>.</summary>
    public abstract void DepthToSpace(Tensor x, int height, int width, int factor, Tensor y);

    /// <summary>Much memory was just given back, a stream's: the set may hand on to the system what it keeps of it. From any thread.</summary>
    public virtual void MemoryGivenBack()
    {
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>The shapes of <see cref="LinearAttention"/> with one pair of S and z, for kernel sets to ask first.</summary>
    /// <exception cref="ArgumentException">They do not fit.</exception>
    protected static void RequireLinearAttention(Tensor q, Tensor k, Tensor v, Tensor y, int heads, Tensor? s, Tensor? z)
    {
        var fits = Like(k) && Like(v) && Like(y) && heads > 0 && q.Columns % (2 * heads) == 0 && s is null == z is null
            && (s is null || (s.Rows == q.Columns && s.Columns * heads == q.Columns)) && (z is null || (z.Rows == heads && z.Columns * heads == q.Columns));
        if (!fits)
            throw new ArgumentException($"Linear attention of {q}, {k}, {v} to {y} with {heads} heads, S {s} and z {z}.");

        bool Like(Tensor other) => other.Rows == q.Rows && other.Columns == q.Columns;
    }

    /// <summary>The shapes of <see cref="CausalAttention"/>, for kernel sets to ask first.</summary>
    /// <exception cref="ArgumentException">They do not fit.</exception>
    protected static void RequireCausal(Tensor q, Tensor k, Tensor v, in CausalAttentionShape shape, Tensor y)
    {
        var fits = shape.Heads > 0 && shape.KeyValueHeads > 0 && shape.Heads % shape.KeyValueHeads == 0 && q.Columns % shape.Heads == 0
            && shape.Window >= 0 && shape.SoftCap >= 0 && q.Rows == y.Rows && q.Columns == y.Columns && k.Rows == v.Rows && k.Columns == v.Columns
            && (long)k.Columns * shape.Heads == (long)q.Columns * shape.KeyValueHeads && k.Rows >= q.Rows;
        if (!fits)
            throw new ArgumentException($"Causal attention of {q} to {k}, {v} as {shape}, into {y}.");
    }

    protected abstract void Dispose(bool disposing);
}
