using SanaLive.Runtime.Kernels;

namespace SanaLive.Runtime.Tests.Kernels;

/// <summary>Every kernel at the embedded model's kind of shapes and at odd ones.</summary>
public static class KernelCases
{
    public static IReadOnlyList<KernelCase> All { get; } =
    [
        .. Linears(), .. Int8Linears(), .. BFloat16Layers(), .. Norms(), .. LinearAttentions(), .. CrossAttentions(), .. CausalAttentions(), .. Depthwises(), .. TemporalMixes(), .. Convolutions(), .. Elementwises(),
    ];

    public static KernelCase Named(string name) => All.Single(c => c.Name == name);

    private static IEnumerable<KernelCase> Linears()
    {
        foreach (var (rows, inputs, outputs) in new[] { (1, 1, 1), (7, 20, 12), (24, 24, 24), (61, 33, 50), (480, 192, 96), (3, 576, 192), (50, 112, 17) })
        {
            var shape = $"{rows}x{inputs}x{outputs}";
            yield return Linear($"linear {shape}", rows, inputs, outputs, false, (_, _) => default);
            yield return Linear($"linear+bias+silu {shape}", rows, inputs, outputs, true, (_, _) => new(Activation.Silu));
            yield return Linear($"linear+bias+gelu {shape}", rows, inputs, outputs, true, (_, _) => new(Activation.GeluTanh));
            yield return Linear($"linear+residual {shape}", rows, inputs, outputs, false, (k, _) => new(Residual: Make(k, rows, outputs, 7)));
            yield return Linear($"linear+bias+residual in place {shape}", rows, inputs, outputs, true, (k, y) =>
            {
                k.Write(y, Numbers(rows * outputs, 8));
                return new(Residual: y);
            });
            yield return Linear($"linear+gelu+product {shape}", rows, inputs, outputs, false, (k, _) => new(Activation.GeluTanh, Gate: Make(k, rows, outputs, 9)));
            var groups = rows % 3 == 0 ? 3 : 1;
            yield return Linear($"linear+gate {shape}", rows, inputs, outputs, true, (k, _) => new(
                Residual: Make(k, rows, outputs, 9), Gate: Make(k, groups, (2 * outputs) + 5, 10), GateColumn: outputs + 1));
        }
    }

    private static IEnumerable<KernelCase> Int8Linears()
    {
        foreach (var (rows, inputs, outputs) in new[] { (1, 1, 1), (7, 20, 12), (49, 33, 50), (480, 192, 96), (3, 576, 192), (61, 6, 17), (2, 4, 33) })
        {
            var shape = $"{rows}x{inputs}x{outputs}";
            yield return Linear($"linear int8 {shape}", rows, inputs, outputs, false, (_, _) => default, Precision.Int8);
            yield return Linear($"linear int8+bias+silu {shape}", rows, inputs, outputs, true, (_, _) => new(Activation.Silu), Precision.Int8);
            yield return Linear($"linear int8+gate+residual in place {shape}", rows, inputs, outputs, true, (k, y) =>
            {
                k.Write(y, Numbers(rows * outputs, 8));
                return new(Residual: y, Gate: Make(k, rows % 3 == 0 ? 3 : 1, (2 * outputs) + 5, 10), GateColumn: outputs + 1);
            }, Precision.Int8);
        }
    }

    private static IEnumerable<KernelCase> BFloat16Layers()
    {
        foreach (var (rows, inputs, outputs) in new[] { (1, 1, 1), (7, 20, 12), (61, 33, 50), (480, 192, 96), (3, 576, 192), (250, 112, 17), (120, 3000, 40) })
        {
            var shape = $"{rows}x{inputs}x{outputs}";
            yield return Linear($"linear bf16 {shape}", rows, inputs, outputs, false, (_, _) => default, Precision.Bf16);
            yield return Linear($"linear bf16+gate+residual in place {shape}", rows, inputs, outputs, true, (k, y) =>
            {
                k.Write(y, Numbers(rows * outputs, 8));
                return new(Residual: y, Gate: Make(k, rows % 3 == 0 ? 3 : 1, (2 * outputs) + 5, 10), GateColumn: outputs + 1);
            }, Precision.Bf16);
        }

        foreach (var (frames, pixels, c) in new[] { (1, 1, 1), (2, 240, 32), (3, 113, 50) })
        {
            foreach (var tail in new[] { true, false })
            {
                yield return new($"temporal bf16 {frames}x{pixels}x{c}{(tail ? "+tail" : "")}", frames * pixels, c, (k, y) =>
                {
                    var x = Make(k, frames * pixels, c, 30);
                    var w = k.PackTemporal(BFloat16.Round(Numbers(c * c * 3, 31)), c, c, tail ? Numbers(c, 32) : []);
                    var before = tail ? Make(k, pixels, c, 33) : null;
                    return () => k.TemporalMix(x, before, w, pixels, y);
                });
            }
        }
    }

    private static KernelCase Linear(
        string name, int rows, int inputs, int outputs, bool bias, Func<KernelSet, Tensor, Epilogue> epilogue, Precision precision = Precision.Fp32) =>
        new(name, rows, outputs, (k, y) =>
        {
            var x = Make(k, rows, inputs, 1);
            var w = k.PackLinear(Numbers(outputs * inputs, 2), outputs, inputs, bias ? Numbers(outputs, 3) : [], precision);
            var e = epilogue(k, y);
            return () => k.Linear(x, w, y, e);
        }) { Slack = precision == Precision.Int8 ? 1.2f / 127 : 0 };

    private static IEnumerable<KernelCase> Norms()
    {
        foreach (var (rows, width, groups) in new[] { (1, 1, 1), (6, 12, 2), (480, 192, 2), (33, 50, 33), (20, 448, 1) })
        {
            yield return new($"modulate {rows}x{width} in {groups}", rows, width, (k, y) =>
            {
                var (x, m) = (Make(k, rows, width, 11), Make(k, groups, 6 * width, 12));
                return () => k.NormModulate(x, m, width, 3 * width, 1e-6f, y);
            });
            yield return new($"modulate in place {rows}x{width} in {groups}", rows, width, (k, y) =>
            {
                k.Write(y, Numbers(rows * width, 13));
                var m = Make(k, groups, 2 * width, 12);
                return () => k.NormModulate(y, m, 0, width, 1e-6f, y);
            });
            yield return new($"rms {rows}x{width}", rows, width, (k, y) =>
            {
                var (x, w) = (Make(k, rows, width, 14), Make(k, 1, width, 15));
                return () => k.RmsNorm(x, w, 1e-5f, false, y);
            });
            yield return new($"rms+relu {rows}x{width}", rows, width, (k, y) =>
            {
                var (x, w) = (Make(k, rows, width, 14), Make(k, 1, width, 15));
                return () => k.RmsNorm(x, w, 1e-5f, true, y);
            });
        }
    }

    private static IEnumerable<KernelCase> LinearAttentions()
    {
        foreach (var (tokens, heads, d) in new[] { (1, 1, 2), (7, 2, 12), (480, 4, 48), (50, 3, 32), (13, 2, 112), (31, 2, 20) })
        {
            var shape = $"{tokens} tokens, {heads}x{d}";
            foreach (var past in new[] { false, true })
            {
                var name = $"{shape}{(past ? " and a past" : "")}";
                yield return new($"linear attention {name}", tokens, heads * d, (k, y) => Attend(k, tokens, heads, d, past, null, null, y));
                yield return new($"linear attention S {name}", heads * d, d, (k, s) => Attend(k, tokens, heads, d, past, s, k.Create(heads, d), null));
                yield return new($"linear attention z {name}", heads, d, (k, z) => Attend(k, tokens, heads, d, past, k.Create(heads * d, d), z, null));
            }

            yield return new($"rotated add {shape}", heads * d, d, (k, y) =>
            {
                var (s, angles) = (Make(k, heads * d, d, 22), Numbers(d / 2, 23));
                var (cos, sin) = (angles.Select(a => Math.Cos(a)).ToArray(), angles.Select(a => Math.Sin(a)).ToArray());
                k.Clear(y);
                return () => k.AddRotated(s, cos, sin, 0.75f, y);
            });
        }
    }

    private static Action Attend(KernelSet k, int tokens, int heads, int d, bool past, Tensor? s, Tensor? z, Tensor? y)
    {
        var angles = Numbers(tokens * d / 2, 16);
        var rotation = k.PackRotation([.. angles.Select(a => Math.Cos(3 * a))], [.. angles.Select(a => Math.Sin(3 * a))], tokens);
        var (q, key, v) = (Make(k, tokens, heads * d, 19, positive: true), Make(k, tokens, heads * d, 17, positive: true), Make(k, tokens, heads * d, 18));
        var (pastS, pastZ) = past ? (Make(k, heads * d, d, 20), Make(k, heads, d, 21, positive: true)) : (null, null);
        var output = y ?? k.Create(tokens, heads * d);
        return () => k.LinearAttention(q, key, v, rotation, heads, pastS, pastZ, 1e-3f, s, z, output);
    }

    private static IEnumerable<KernelCase> CrossAttentions()
    {
        foreach (var (tokens, words, heads, d) in new[] { (1, 1, 1, 1), (480, 24, 4, 48), (13, 300, 2, 12), (25, 33, 3, 32), (50, 5, 2, 112), (9, 16, 2, 20), (31, 70, 1, 384) })
        {
            yield return new($"cross {tokens} to {words}, {heads}x{d}", tokens, heads * d, (k, y) =>
            {
                var (q, key, v) = (Make(k, tokens, heads * d, 24), Make(k, words, heads * d, 25), Make(k, words, heads * d, 26));
                k.Scale(q, 4f);
                return () => k.CrossAttention(q, key, v, heads, y);
            });
        }
    }

    private static IEnumerable<KernelCase> CausalAttentions()
    {
        foreach (var (tokens, keys, heads, kvHeads, d, window, cap) in new[]
        {
            (1, 1, 1, 1, 2, 0, 0f), (1, 70, 2, 1, 8, 0, 50f), (12, 12, 4, 2, 8, 5, 50f), (61, 61, 8, 4, 32, 0, 50f), (61, 130, 6, 3, 20, 33, 2f),
            (300, 300, 2, 2, 12, 40, 0f), (7, 300, 4, 1, 256, 64, 30f), (40, 41, 3, 1, 50, 1, 0.5f), (25, 25, 2, 1, 34, 1000, 50f),
        })
        {
            yield return new($"causal {tokens} of {keys}, {heads} to {kvHeads}x{d}, window {window}, cap {cap}", tokens, heads * d, (k, y) =>
            {
                var (q, key, v) = (Make(k, tokens, heads * d, 46), Make(k, keys, kvHeads * d, 47), Make(k, keys, kvHeads * d, 48));
                k.Scale(q, 6f);
                var shape = new CausalAttentionShape(heads, kvHeads, 1 / MathF.Sqrt(d + 3), window, cap);
                return () => k.CausalAttention(q, key, v, shape, y);
            });
        }

        foreach (var (tokens, heads, d) in new[] { (1, 1, 2), (33, 4, 8), (17, 3, 50), (20, 2, 256) })
        {
            yield return new($"rotate halves {tokens} tokens, {heads}x{d}", tokens, heads * d, (k, y) =>
            {
                var angles = Numbers(tokens * d / 2, 16);
                var (cos, sin) = (k.Create(tokens, d / 2), k.Create(tokens, d / 2));
                k.Write(cos, angles.Select(a => Math.Cos(3 * a)).ToArray());
                k.Write(sin, angles.Select(a => Math.Sin(3 * a)).ToArray());
                k.Write(y, Numbers(tokens * heads * d, 49));
                return () => k.RotateHalves(y, cos, sin);
            });
        }
    }

    private static IEnumerable<KernelCase> Depthwises()
    {
        foreach (var (frames, height, width, c) in new[] { (1, 1, 1, 1), (2, 12, 20, 36), (3, 2, 5, 16), (1, 7, 1, 50), (2, 1, 6, 17), (1, 6, 10, 64) })
        {
            foreach (var bias in new[] { true, false })
            {
                yield return new($"depthwise glu {frames}x{height}x{width}x{c}{(bias ? "+bias" : "")}", frames * height * width, c, (k, y) =>
                {
                    var x = Make(k, frames * height * width, 2 * c, 27);
                    var w = k.PackDepthwise3x3(Numbers(2 * c * 9, 28), 2 * c, bias ? Numbers(2 * c, 29) : []);
                    return () => k.DepthwiseGlu(x, w, height, width, y);
                });
            }
            foreach (var kernel in new[] { 1, 3, 5, 7 })
            {
                yield return new($"depthwise {kernel}x{kernel} of {frames}x{height}x{width}x{c}", frames * height * width, c, (k, y) =>
                {
                    var x = Make(k, frames * height * width, c, 27);
                    var w = k.PackDepthwise(Numbers(c * kernel * kernel, 28), c, kernel, kernel == 5 ? Numbers(c, 29) : []);
                    return () => k.Depthwise(x, w, height, width, y);
                });
            }
        }
    }

    private static IEnumerable<KernelCase> TemporalMixes()
    {
        foreach (var (frames, pixels, c) in new[] { (1, 1, 1), (2, 240, 32), (3, 13, 24), (1, 50, 50), (4, 7, 12) })
        {
            foreach (var tail in new[] { true, false })
            {
                yield return new($"temporal {frames}x{pixels}x{c}{(tail ? "+tail" : "")}", frames * pixels, c, (k, y) =>
                {
                    var x = Make(k, frames * pixels, c, 30);
                    var w = k.PackTemporal(Numbers(c * c * 3, 31), c, c, tail ? Numbers(c, 32) : []);
                    var before = tail ? Make(k, pixels, c, 33) : null;
                    var e = tail
                        ? new Epilogue(Activation.Silu, Make(k, frames * pixels, c, 34), Make(k, frames, 2 * c, 35), c)
                        : default;
                    return () => k.TemporalMix(x, before, w, pixels, y, e);
                });
            }
        }
    }

    private static IEnumerable<KernelCase> Convolutions()
    {
        foreach (var (frames, height, width, inputs, outputs) in new[]
        {
            (1, 1, 1, 1, 1), (2, 12, 20, 32, 48), (1, 5, 3, 3, 16), (3, 2, 2, 16, 12), (1, 1, 9, 7, 33), (2, 9, 1, 16, 16), (1, 24, 40, 16, 3), (1, 3, 29, 48, 40),
            // Wide enough for Winograd's form, at even and odd sizes.
            (2, 5, 7, 32, 32), (1, 1, 1, 32, 64), (3, 9, 2, 48, 32), (1, 2, 27, 64, 48), (2, 12, 20, 192, 96),
        })
        {
            var shape = $"{frames}x{height}x{width}, {inputs} to {outputs}";
            var rows = frames * height * width;
            yield return new($"conv {shape}", rows, outputs, (k, y) =>
            {
                var x = Make(k, rows, inputs, 36);
                var w = k.PackConv3x3(Numbers(outputs * inputs * 9, 37), outputs, inputs, []);
                return () => k.Conv3x3(x, w, height, width, y);
            });
            yield return new($"conv+bias+silu+residual in place {shape}", rows, outputs, (k, y) =>
            {
                var x = Make(k, rows, inputs, 36);
                var w = k.PackConv3x3(Numbers(outputs * inputs * 9, 37), outputs, inputs, Numbers(outputs, 38));
                k.Write(y, Numbers(rows * outputs, 39));
                return () => k.Conv3x3(x, w, height, width, y, new Epilogue(Activation.Silu, y));
            });
            if (Math.Min(height, width) < 2)
                continue;
            yield return new($"mirrored conv+bias {shape}", rows, outputs, (k, y) =>
            {
                var x = Make(k, rows, inputs, 36);
                var w = k.PackConv3x3(Numbers(outputs * inputs * 9, 37), outputs, inputs, Numbers(outputs, 38), Padding.Reflect);
                return () => k.Conv3x3(x, w, height, width, y);
            });
        }
    }

    private static IEnumerable<KernelCase> Elementwises()
    {
        foreach (var (rows, columns) in new[] { (1, 1), (5, 7), (480, 192), (3, 9000) })
        {
            var shape = $"{rows}x{columns}";
            foreach (var activation in Enum.GetValues<Activation>())
            {
                yield return new($"activate {activation} {shape}", rows, columns, (k, y) =>
                {
                    var x = Make(k, rows, columns, 40);
                    k.Scale(x, 30f);
                    return () => k.Activate(x, activation, y);
                });
            }
            yield return new($"add {shape}", rows, columns, (k, y) =>
            {
                var x = Make(k, rows, columns, 41);
                k.Write(y, Numbers(rows * columns, 42));
                return () => k.Add(x, -0.3f, y);
            });
            yield return new($"add one row {shape}", rows, columns, (k, y) =>
            {
                var x = Make(k, 1, columns, 41);
                k.Write(y, Numbers(rows * columns, 42));
                return () => k.Add(x, 0.7f, y);
            });
            yield return new($"scale {shape}", rows, columns, (k, y) =>
            {
                k.Write(y, Numbers(rows * columns, 43));
                return () => k.Scale(y, 1.7f);
            });
        }
        foreach (var (frames, height, width, factor, c) in new[] { (2, 12, 20, 2, 12), (1, 8, 4, 4, 3), (3, 2, 2, 2, 1), (1, 5, 7, 1, 2) })
        {
            yield return new($"space to depth {frames}x{height}x{width}x{c} by {factor}", frames * height * width / (factor * factor), c * factor * factor, (k, y) =>
            {
                var x = Make(k, frames * height * width, c, 44);
                return () => k.SpaceToDepth(x, height, width, factor, y);
            });
            yield return new($"depth to space {frames}x{height}x{width}x{c} by {factor}", frames * height * width, c, (k, y) =>
            {
                var x = Make(k, frames * height * width / (factor * factor), c * factor * factor, 45);
                return () => k.DepthToSpace(x, height / factor, width / factor, factor, y);
            });
        }
    }

    private static Tensor Make(KernelSet kernels, int rows, int columns, int seed, bool positive = false)
    {
        var values = Numbers(rows * columns, seed);
        if (positive)
        {
            for (var i = 0; i < values.Length; i++)
                values[i] = MathF.Max(0f, values[i] + 0.2f);
        }
        var tensor = kernels.Create(rows, columns);
        kernels.Write(tensor, values);
        return tensor;
    }

    /// <summary>Numbers in [-1, 1), the same for the same seed on every machine.</summary>
    private static float[] Numbers(int count, int seed)
    {
        var values = new float[count];
        var state = (uint)seed * 2654435761u;
        for (var i = 0; i < count; i++)
        {
            state = (state * 1664525u) + 1013904223u;
            values[i] = ((state >> 8) * (2f / (1 << 24))) - 1f;
        }
        return values;
    }
}
