using SanaLive.Eval.Reporting;
using SanaLive.Eval.Statistics;

namespace SanaLive.Eval.Measures;

/// <summary>Whether a stream jumps where its blocks meet.</summary>
internal static class Flicker
{
    public static Row Row(IReadOnlyList<StreamResult> streams) => new(
        "flicker", "change at block borders", Bootstrap.Of(streams, drawn => drawn.Average(stream => stream.Border) / drawn.Average(stream => stream.Inside)), Limit.AtMost(1.1),
        $"mean difference across a border over that inside a block, {streams.Count} streams");
}
