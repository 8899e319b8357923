using System.Globalization;
using SanaLive.Eval.Statistics;

namespace SanaLive.Eval.Reporting;

/// <summary>What a number must reach.</summary>
/// <param name="Bound">The threshold.</param>
/// <param name="Kind">What is compared with it.</param>
internal sealed record Limit(double Bound, LimitKind Kind)
{
    public static Limit AtLeast(double bound) => new(bound, LimitKind.AtLeast);

    public static Limit AtMost(double bound) => new(bound, LimitKind.AtMost);

    public static Limit LowerEndAtLeast(double bound) => new(bound, LimitKind.LowerEndAtLeast);

    public bool Holds(Interval result) => Kind switch
    {
        LimitKind.AtLeast => result.Value >= Bound,
        LimitKind.AtMost => result.Value <= Bound,
        _ => result.Low >= Bound,
    };

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Kind switch
    {
        LimitKind.AtLeast => ">=",
        LimitKind.AtMost => "<=",
        _ => "low end >=",
    }} {Bound:0.###}");
}
