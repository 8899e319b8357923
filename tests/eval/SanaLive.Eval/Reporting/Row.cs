using SanaLive.Eval.Statistics;

namespace SanaLive.Eval.Reporting;

/// <summary>One line of the table.</summary>
/// <param name="Key">Where it stands in the JSON, for example <c>following.biome</c>.</param>
/// <param name="Measure">For people.</param>
/// <param name="Result">The number and its interval.</param>
/// <param name="Limit">What must be reached; null for what is only told.</param>
/// <param name="Note">How many, and what else is worth knowing.</param>
internal sealed record Row(string Key, string Measure, Interval Result, Limit? Limit, string Note)
{
    /// <summary>Null when nothing has to be reached.</summary>
    public bool? Passes => Limit?.Holds(Result);
}
