namespace SanaLive.Runtime.Model;

/// <summary>
/// Three-dimensional rotary positions. The pairs of a head are split into time, height and width,
/// <c>h = w = 2 * (d / 6)</c>, <c>t = d - h - w</c>; pair i of a part of n dimensions turns by
/// <c>position * 10000^(-2i/n)</c>. All in fp64. Golden case b3.
/// </summary>
public static class Rope
{
    private const double Theta = 10_000;

    /// <summary>Pairs of a head that turn with time; they come first.</summary>
    public static int TimePairs(int headDim) => (headDim - 4 * (headDim / 6)) / 2;

    /// <summary>Cosines and sines [tokens, headDim / 2] of a grid whose first frame has the position <paramref name="firstFrame"/>.</summary>
    public static (double[] Cos, double[] Sin) Table(int headDim, TokenGrid grid, long firstFrame)
    {
        var pairs = headDim / 2;
        var timePairs = TimePairs(headDim);
        var spacePairs = headDim / 6;
        var cos = new double[grid.Tokens * pairs];
        var sin = new double[grid.Tokens * pairs];
        for (var token = 0; token < grid.Tokens; token++)
        {
            long t = firstFrame + token / grid.PerFrame, y = token / grid.Width % grid.Height, x = token % grid.Width;
            for (var pair = 0; pair < pairs; pair++)
            {
                var angle = pair < timePairs ? Angle(t, pair, timePairs)
                    : pair < timePairs + spacePairs ? Angle(y, pair - timePairs, spacePairs)
                    : Angle(x, pair - timePairs - spacePairs, spacePairs);
                (sin[token * pairs + pair], cos[token * pairs + pair]) = Math.SinCos(angle);
            }
        }

        return (cos, sin);
    }

    /// <summary>The turn of every pair of a head when time moves by <paramref name="frames"/>; space does not turn.</summary>
    public static void TimeShift(int headDim, long frames, Span<double> cos, Span<double> sin)
    {
        var timePairs = TimePairs(headDim);
        cos.Fill(1);
        sin.Clear();
        for (var pair = 0; pair < timePairs; pair++)
            (sin[pair], cos[pair]) = Math.SinCos(Angle(frames, pair, timePairs));
    }

    private static double Angle(long position, int pair, int pairs) => position * Math.Pow(Theta, -(double)pair / pairs);
}
