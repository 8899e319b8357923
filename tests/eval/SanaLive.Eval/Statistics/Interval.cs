namespace SanaLive.Eval.Statistics;

/// <summary>A number and its 95 % interval.</summary>
internal readonly record struct Interval(double Value, double Low, double High)
{
    /// <summary>The interval as the JSON has it.</summary>
    public double[] Ends => [Math.Round(Low, 4), Math.Round(High, 4)];
}
