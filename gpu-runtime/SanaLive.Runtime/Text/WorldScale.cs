using System.Globalization;
using System.Text.Json;
using SanaLive.Runtime.Checkpoints;

namespace SanaLive.Runtime.Text;

/// <summary>An attribute that is also a number: each of its words stands for one (its knot), and between two words lie other numbers.</summary>
/// <param name="Control">The name of the number, for example <c>hour</c>.</param>
/// <param name="Unit">For example <c>px/s</c>; <c>h</c> is a time of day.</param>
/// <param name="Knots">The number of every word, in the words' order.</param>
/// <param name="Period">Where the numbers begin again, for example 24; null on a scale with two ends.</param>
internal sealed record WorldScale(string Control, string Unit, IReadOnlyList<double> Knots, double? Period)
{
    public double Minimum => Period is null ? Knots.Min() : 0;

    /// <summary>Itself allowed: on a round scale it is 0 again.</summary>
    public double Maximum => Period ?? Knots.Max();

    /// <exception cref="CheckpointException">Not as many knots as words, or knots that do not rise.</exception>
    public static WorldScale Read(string attribute, JsonElement json, int words)
    {
        var scale = new WorldScale(
            json.Need("control").GetString()!,
            json.Need("unit").GetString()!,
            [.. json.Need("knots").EnumerateArray().Select(knot => knot.GetDouble())],
            json.TryGetProperty("period", out var period) ? period.GetDouble() : null);
        var unrolled = scale.Unrolled();
        return scale.Knots.Count == words && words > 1 && unrolled.Zip(unrolled.Skip(1)).All(pair => pair.First < pair.Second)
            ? scale
            : throw new CheckpointException($"The scale of {attribute} needs {words} rising knots, one for each of its words; it has [{string.Join(", ", scale.Knots)}].");
    }

    /// <summary>The number as it is kept: on a round scale its end is its beginning.</summary>
    public double Kept(double number) => number == Period ? 0 : number;

    /// <summary>The word whose knot this is; null between two words.</summary>
    public int? WordAt(double number)
    {
        for (var i = 0; i < Knots.Count; i++)
        {
            if (Knots[i] == number)
                return i;
        }

        return null;
    }

    /// <summary>Where the number lies among the words: 1.4 is four tenths of the way from word 1 to word 2; on a round scale the first follows the last.</summary>
    public double Position(double number)
    {
        var knots = Unrolled();
        if (Period is { } period && number < knots[0])
            number += period;
        var low = 0;
        while (low + 2 < knots.Count && knots[low + 1] <= number)
            low++;
        return low + (number - knots[low]) / (knots[low + 1] - knots[low]);
    }

    /// <summary>A number on the way from one to another; on a round scale by the shorter way, forward when both are equal.</summary>
    public double Between(double from, double to, double share)
    {
        if (Period is not { } period)
            return from + (to - from) * share;
        var turn = ((to - from) % period + period) % period;
        if (turn > period / 2)
            turn -= period;
        return ((from + turn * share) % period + period) % period;
    }

    /// <summary>In words, for example <c>42 px/s</c> or <c>16:30</c>.</summary>
    public string Say(double number)
    {
        if (Unit != "h")
            return string.Create(CultureInfo.InvariantCulture, $"{number:0.##} {Unit}");
        var minutes = (int)Math.Round(number * 60) % (24 * 60);
        return string.Create(CultureInfo.InvariantCulture, $"{minutes / 60:00}:{minutes % 60:00}");
    }

    /// <summary>The knots in rising order; on a round scale over the turn, and with the first one again at the end.</summary>
    private List<double> Unrolled()
    {
        var knots = Knots.ToList();
        if (Period is not { } period)
            return knots;
        for (var i = 1; i < knots.Count; i++)
        {
            if (knots[i] < knots[i - 1])
                knots[i] += period;
        }

        knots.Add(knots[0] + period);
        return knots;
    }
}
