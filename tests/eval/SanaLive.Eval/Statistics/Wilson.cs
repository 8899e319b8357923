namespace SanaLive.Eval.Statistics;

/// <summary>Wilson's score interval of a share: honest also near 0 and 1, and for few cases.</summary>
internal static class Wilson
{
    private const double Z = 1.959964;

    /// <param name="successes">0 to <paramref name="count"/>.</param>
    /// <param name="count">Independent cases; at least one.</param>
    public static Interval Share(int successes, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, count);
        var share = (double)successes / count;
        var middle = (share + Z * Z / (2 * count)) / (1 + Z * Z / count);
        var half = Z / (1 + Z * Z / count) * Math.Sqrt(share * (1 - share) / count + Z * Z / (4.0 * count * count));
        return new Interval(share, Math.Max(0, middle - half), Math.Min(1, middle + half));
    }
}
