using SanaLive.Runtime.Kernels;

namespace SanaLive.Bench;

/// <summary>One kernel at one shape of the embedded model.</summary>
/// <param name="Name">The kernel.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Flops">Multiplications and additions of the matrix products in it; 0 where memory is the limit.</param>
/// <param name="Bytes">Inputs, weights and outputs, each counted once.</param>
/// <param name="Prepare">Makes the tensors and gives the call to measure.</param>
internal sealed record KernelsBenchCase(string Name, string Shape, double Flops, double Bytes, Func<KernelSet, Action> Prepare)
{
    /// <summary>Rows, inputs and outputs of a plain matrix product, which a BLAS can do as well; null for anything else.</summary>
    public (int Rows, int Inputs, int Outputs)? Product { get; private init; }

    private const int Tokens = 480;
    private const int Hidden = 192;
    private const int Inner = 1152;
    private const int Heads = 4;

    public static IReadOnlyList<KernelsBenchCase> All { get; } =
    [
        Linear("linear", Tokens, Hidden, Hidden, default),
        Linear("linear int8", Tokens, Hidden, Hidden, default, Precision.Int8),
        Linear("linear int8+silu", Tokens, Hidden, Inner, new(Activation.Silu), Precision.Int8),
        Linear("linear int8", Tokens, Inner / 2, Hidden, default, Precision.Int8),
        Linear("linear", Tokens, Hidden, 3 * Hidden, default),
        Linear("linear+silu", Tokens, Hidden, Inner, new(Activation.Silu)),
        Linear("linear", Tokens, Inner / 2, Hidden, default),
        Linear("linear", 24, Hidden, 2 * Hidden, default),
        Linear("linear", 960, 384, 384, default),
        // Of SANA-Video 2B: the most of its products.
        Linear("linear 2B", 960, 2240, 2240, default),
        Linear("linear 2B bf16", 960, 2240, 2240, default, Precision.Bf16),
        Linear("linear 2B", 480, 2240, 13440, new(Activation.Silu)),
        Linear("linear 2B bf16", 480, 2240, 13440, new(Activation.Silu), Precision.Bf16),
        Linear("linear 2B", 480, 6720, 2240, default),
        Linear("linear 2B bf16", 480, 6720, 2240, default, Precision.Bf16),
        LinearGated(Tokens, Hidden, Hidden),
        Temporal(2, 240, Hidden),
        Conv(2, 12, 20, 256, 256),
        Conv(2, 24, 40, 128, 128),
        Conv(4, 48, 80, 64, 64),
        Conv(8, 96, 160, 32, 32),
        Conv(8, 96, 160, 16, 16),
        Conv(8, 96, 160, 32, 12),
        Depthwise(2, 12, 20, Inner / 2),
        Attention(),
        Cross(24),
        Cross(300),
        // Of Gemma 2 2B: a whole prompt with its instruction, and the words of one whose instruction is kept.
        Causal(508, 508),
        Causal(100, 308),
        new("modulate", $"{Tokens}x{Hidden}", 0, 8.0 * Tokens * Hidden, k =>
        {
            var (x, m, y) = (Make(k, Tokens, Hidden), Make(k, 2, 6 * Hidden), k.Create(Tokens, Hidden));
            return () => k.NormModulate(x, m, 0, Hidden, 1e-6f, y);
        }),
        new("rms+relu", $"{Tokens}x{Hidden}", 0, 8.0 * Tokens * Hidden, k =>
        {
            var (x, w, y) = (Make(k, Tokens, Hidden), Make(k, 1, Hidden), k.Create(Tokens, Hidden));
            return () => k.RmsNorm(x, w, 1e-5f, true, y);
        }),
        new("silu", $"{8 * 96 * 160}x32", 0, 8.0 * 8 * 96 * 160 * 32, k =>
        {
            var (x, y) = (Make(k, 8 * 96 * 160, 32), k.Create(8 * 96 * 160, 32));
            return () => k.Activate(x, Activation.Silu, y);
        }),
        new("add", $"{Tokens}x{Hidden}", 0, 12.0 * Tokens * Hidden, k =>
        {
            var (x, y) = (Make(k, Tokens, Hidden), k.Create(Tokens, Hidden));
            return () => k.Add(x, 0.5f, y);
        }),
        new("depth to space", "8x96x160x12 by 2", 0, 8.0 * 8 * 96 * 160 * 12, k =>
        {
            var (x, y) = (Make(k, 8 * 96 * 160, 12), k.Create(8 * 192 * 320, 3));
            return () => k.DepthToSpace(x, 96, 160, 2, y);
        }),
    ];

    private static KernelsBenchCase Linear(string name, int rows, int inputs, int outputs, Epilogue epilogue, Precision precision = Precision.Fp32) => new(
        name, $"{rows}x{inputs}x{outputs}", 2.0 * rows * inputs * outputs, 4.0 * ((rows * (inputs + outputs)) + (inputs * outputs)), k =>
        {
            var w = k.PackLinear(Numbers(outputs * inputs), outputs, inputs, Numbers(outputs), precision);
            var (x, y) = (Make(k, rows, inputs), k.Create(rows, outputs));
            return () => k.Linear(x, w, y, epilogue);
        })
    {
        Product = precision == Precision.Fp32 ? (rows, inputs, outputs) : null,
    };

    private static KernelsBenchCase LinearGated(int rows, int inputs, int outputs) => new(
        "linear+gated residual", $"{rows}x{inputs}x{outputs}", 2.0 * rows * inputs * outputs, 4.0 * ((rows * (inputs + (2 * outputs))) + (inputs * outputs)), k =>
        {
            var w = k.PackLinear(Numbers(outputs * inputs), outputs, inputs, Numbers(outputs));
            var (x, y, gate) = (Make(k, rows, inputs), Make(k, rows, outputs), Make(k, 2, outputs));
            k.Clear(gate);
            return () => k.Linear(x, w, y, new Epilogue(Residual: y, Gate: gate));
        });

    private static KernelsBenchCase Temporal(int frames, int pixels, int c) => new(
        // The last frame sees zeros on its right: one product of the three is left out.
        "temporal mix", $"{frames}x{pixels}x{c}", 2.0 * ((3 * frames) - 1) * pixels * c * c, 4.0 * ((((2 * frames) + 1) * pixels * c) + (3 * c * c)), k =>
        {
            var w = k.PackTemporal(Numbers(c * c * 3), c, c, []);
            var (x, tail, y) = (Make(k, frames * pixels, c), Make(k, pixels, c), k.Create(frames * pixels, c));
            return () => k.TemporalMix(x, tail, w, pixels, y);
        });

    private static KernelsBenchCase Conv(int frames, int height, int width, int inputs, int outputs)
    {
        var rows = frames * height * width;
        // Only the products that are not with the zero border.
        var taps = frames * ((3.0 * height) - 2) * ((3.0 * width) - 2);
        return new("conv3x3+silu", $"{frames}x{height}x{width}, {inputs} to {outputs}", 2 * taps * inputs * outputs, 4.0 * ((rows * (inputs + outputs)) + (9 * inputs * outputs)), k =>
        {
            var w = k.PackConv3x3(Numbers(outputs * inputs * 9), outputs, inputs, Numbers(outputs));
            var (x, y) = (Make(k, rows, inputs), k.Create(rows, outputs));
            return () => k.Conv3x3(x, w, height, width, y, new Epilogue(Activation.Silu));
        });
    }

    private static KernelsBenchCase Depthwise(int frames, int height, int width, int c)
    {
        var rows = frames * height * width;
        return new("depthwise+glu", $"{frames}x{height}x{width}, {2 * c}", 2.0 * 9 * rows * 2 * c, 4.0 * rows * 3 * c, k =>
        {
            var w = k.PackDepthwise3x3(Numbers(2 * c * 9), 2 * c, Numbers(2 * c));
            var (x, y) = (Make(k, rows, 2 * c), k.Create(rows, c));
            return () => k.DepthwiseGlu(x, w, height, width, y);
        });
    }

    private static KernelsBenchCase Attention()
    {
        const int d = Hidden / Heads;
        return new("linear attention", $"{Tokens}, {Heads}x{d}", 2 * 2.0 * Tokens * Hidden * d, 4.0 * Tokens * Hidden * 4, k =>
        {
            var (q, key, v, y) = (Make(k, Tokens, Hidden), Make(k, Tokens, Hidden), Make(k, Tokens, Hidden), k.Create(Tokens, Hidden));
            var rotation = k.PackRotation(new double[Tokens * d / 2], new double[Tokens * d / 2], Tokens);
            var (s, z) = (Make(k, Hidden, d), Make(k, Heads, d));
            return () => k.LinearAttention(q, key, v, rotation, Heads, s, z, 1f, null, null, y);
        });
    }

    private static KernelsBenchCase Causal(int tokens, int keys) => new(
        "causal attention", $"{tokens} of {keys}, 8 to 4x256", 4.0 * 2048 * tokens * (keys - ((tokens - 1) / 2.0)), 8.0 * ((2048.0 * tokens) + (1024.0 * keys)), k =>
        {
            var (q, key, v, y) = (Make(k, tokens, 2048), Make(k, keys, 1024), Make(k, keys, 1024), k.Create(tokens, 2048));
            var shape = new CausalAttentionShape(8, 4, 1 / 16f, 0, 50);
            return () => k.CausalAttention(q, key, v, shape, y);
        });

    private static KernelsBenchCase Cross(int words) => new(
        "cross attention", $"{Tokens} to {words}, {Heads}x{Hidden / Heads}", 4.0 * Tokens * words * Hidden, 4.0 * Hidden * 2 * (Tokens + words), k =>
        {
            var (q, key, v, y) = (Make(k, Tokens, Hidden), Make(k, words, Hidden), Make(k, words, Hidden), k.Create(Tokens, Hidden));
            return () => k.CrossAttention(q, key, v, Heads, y);
        });

    private static Tensor Make(KernelSet kernels, int rows, int columns)
    {
        var tensor = kernels.Create(rows, columns);
        kernels.Write(tensor, Numbers(rows * columns));
        return tensor;
    }

    private static float[] Numbers(int count)
    {
        var values = new float[count];
        var state = 1u;
        for (var i = 0; i < count; i++)
        {
            state = (state * 1664525u) + 1013904223u;
            values[i] = ((state >> 8) * (2f / (1 << 24))) - 1f;
        }
        return values;
    }
}
