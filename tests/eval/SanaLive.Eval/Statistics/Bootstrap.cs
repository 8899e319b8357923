namespace SanaLive.Eval.Statistics;

/// <summary>
/// Percentile bootstrap: the independent units (streams, clips) are drawn again with replacement, from a fixed seed, so that the same results
/// always get the same interval.
/// </summary>
internal static class Bootstrap
{
    /// <param name="units">What is drawn.</param>
    /// <param name="statistic">The number of a drawing; of the units as they are for the value itself.</param>
    /// <param name="drawings">How many times.</param>
    public static Interval Of<T>(IReadOnlyList<T> units, Func<IReadOnlyList<T>, double> statistic, int drawings = 2000)
    {
        ArgumentOutOfRangeException.ThrowIfZero(units.Count);
        var random = new Random(20250101);
        var values = new double[drawings];
        var drawn = new T[units.Count];
        for (var i = 0; i < drawings; i++)
        {
            for (var unit = 0; unit < drawn.Length; unit++)
                drawn[unit] = units[random.Next(units.Count)];
            values[i] = statistic(drawn);
        }

        Array.Sort(values);
        return new Interval(statistic(units), Percentile(values, .025), Percentile(values, .975));
    }

    public static Interval Mean(IReadOnlyList<double> values) => Of(values, drawn => drawn.Average());

    /// <summary>The mean of shares, one per unit. Where all are nothing or all are everything, drawing again would know no doubt: then it is Wilson's interval.</summary>
    public static Interval MeanShare(IReadOnlyList<double> shares) =>
        shares.All(share => share == 1) ? Wilson.Share(shares.Count, shares.Count) : shares.All(share => share == 0) ? Wilson.Share(0, shares.Count) : Mean(shares);

    private static double Percentile(double[] sorted, double share)
    {
        var at = share * (sorted.Length - 1);
        var low = (int)at;
        return low + 1 < sorted.Length ? sorted[low] + (at - low) * (sorted[low + 1] - sorted[low]) : sorted[low];
    }
}
