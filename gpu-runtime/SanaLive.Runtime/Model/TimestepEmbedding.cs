namespace SanaLive.Runtime.Model;

/// <summary>
/// The sinusoidal embedding of a timestep: 128 cosines, then 128 sines. At t = 1000 one sees how the frequencies were rounded
/// to fp32, so they are computed with the very operations of the reference (PyTorch's vectorised fp32 exponential). Golden case b3.
/// </summary>
public static class TimestepEmbedding
{
    public const int Width = 256;

    private static readonly float[] Frequencies = [.. Enumerable.Range(0, Width / 2)
        .Select(i => Exp((float)-Math.Log(10_000) * i / (Width / 2)))];

    /// <summary>One row of 256 for each timestep.</summary>
    public static void Write(ReadOnlySpan<float> timesteps, Span<float> rows)
    {
        for (var row = 0; row < timesteps.Length; row++)
        {
            for (var i = 0; i < Width / 2; i++)
            {
                var angle = timesteps[row] * Frequencies[i];
                rows[row * Width + i] = (float)Math.Cos(angle);
                rows[row * Width + Width / 2 + i] = (float)Math.Sin(angle);
            }
        }
    }

    /// <summary>SLEEF's <c>expf</c> (within one unit in the last place), operation by operation.</summary>
    private static float Exp(float x)
    {
        var q = MathF.Round(x * 1.4426950408889634f);
        var s = MathF.FusedMultiplyAdd(q, -0.693145751953125f, x);
        s = MathF.FusedMultiplyAdd(q, -1.428606765330187045e-06f, s);
        var u = 0.000198527617612853646278381f;
        u = MathF.FusedMultiplyAdd(u, s, 0.00139304355252534151077271f);
        u = MathF.FusedMultiplyAdd(u, s, 0.00833336077630519866943359f);
        u = MathF.FusedMultiplyAdd(u, s, 0.0416664853692054748535156f);
        u = MathF.FusedMultiplyAdd(u, s, 0.166666671633720397949219f);
        u = MathF.FusedMultiplyAdd(u, s, 0.5f);
        u = 1 + MathF.FusedMultiplyAdd(s * s, u, s);
        return MathF.ScaleB(u, (int)q);
    }
}
