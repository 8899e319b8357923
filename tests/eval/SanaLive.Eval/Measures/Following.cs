using SanaLive.Eval.Reporting;
using SanaLive.Eval.Statistics;

namespace SanaLive.Eval.Measures;

/// <summary>Whether streams show what their prompts name.</summary>
internal static class Following
{
    /// <summary>The attributes that must reach the threshold; the others are told.</summary>
    private static readonly string[] Required = ["biome", "time", "weather", "subject", "speed", "direction"];

    /// <summary>A share per attribute, over the streams that name it; one opinion per stream, so Wilson's interval holds.</summary>
    public static IEnumerable<Row> Rows(IReadOnlyList<StreamResult> streams, IEnumerable<string> attributes)
    {
        foreach (var name in attributes)
        {
            var asking = streams.Where(stream => stream.Named.ContainsKey(name)).ToArray();
            if (asking.Length == 0)
                continue;
            var right = asking.Count(stream => stream.Seen[name] == stream.Named[name]);
            var wrong = string.Join(", ", asking.Where(stream => stream.Seen[name] != stream.Named[name])
                .GroupBy(stream => $"{stream.Named[name]} as {stream.Seen[name]}").OrderByDescending(group => group.Count()).Take(3).Select(group => $"{group.Count()} {group.Key}"));
            yield return new Row(
                $"following.{name}", $"following: {name}", Wilson.Share(right, asking.Length), Required.Contains(name) ? Limit.AtLeast(.95) : null,
                $"{asking.Length} streams name it{(wrong.Length > 0 ? $"; wrong: {wrong}" : "")}");
        }
    }

    /// <summary>The two values of a pair that training never shows together: a share of both values of all streams, drawn by streams.</summary>
    public static Row Pairs(IReadOnlyList<StreamResult> streams)
    {
        var shares = streams.Select(stream => stream.Named.Average(pair => stream.Seen[pair.Key] == pair.Value ? 1.0 : 0.0)).ToArray();
        var whole = streams.Count(stream => stream.Named.All(pair => stream.Seen[pair.Key] == pair.Value));
        return new Row(
            "unseenPairs", "pairs never seen together", Bootstrap.MeanShare(shares), Limit.AtLeast(.9),
            $"{streams.Count} streams, all that they name; everything right in {whole}");
    }
}
