namespace SanaLive.Runtime.Sampling;

/// <summary>Arithmetic of flow-matching noise levels that the clip samplers share.</summary>
internal static class NoiseLevels
{
    /// <summary>Timesteps of the training schedule.</summary>
    public const int Timesteps = 1000;

    /// <summary><c>shift s / (1 + (shift - 1) s)</c>: more of the steps at high noise.</summary>
    public static double Shifted(double level, double shift) => shift * level / (1 + (shift - 1) * level);

    /// <summary>Evenly spaced, both ends included; of one point the first end.</summary>
    public static IEnumerable<double> Line(double from, double to, int points) =>
        Enumerable.Range(0, points).Select(i => points == 1 ? from : from + (to - from) * i / (points - 1));

    /// <summary>What diffusers' multistep solvers tell the model: a thousand times the level, truncated to an integer.</summary>
    public static float[] Truncated(double[] sigmas) => [.. sigmas.Select(sigma => (float)Math.Truncate((float)(sigma * Timesteps)))];
}
