namespace SanaLive.Runtime.Model;

/// <summary>
/// The sinusoidal embedding of a timestep: 128 cosines, then 128 sines. Computed like the reference, in fp32 with the
/// frequencies rounded to fp32 (at t = 1000 that rounding is what one sees). Golden case b3.
/// </summary>
public static class TimestepEmbedding
{
    public const int Width = 256;

    private static readonly float[] Frequencies = [.. Enumerable.Range(0, Width / 2)
        .Select(i => (float)Math.Exp((float)(-(float)Math.Log(10_000) * i) / (Width / 2)))];

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
}
