using System.Globalization;

namespace SanaLive.Runtime.Engine;

/// <summary>Something that a model can be told by a typed value instead of words, for programs (a game, a slider, the arrow keys).</summary>
public sealed record ModelControl
{
    private const int ShownCharacters = 60;

    public required string Name { get; init; }

    /// <summary>The attribute of the vocabulary that it sets. Two controls of one attribute (<c>time</c> and <c>hour</c>) exclude each other in a cue.</summary>
    public required string Attribute { get; init; }

    public required ControlType Type { get; init; }

    /// <summary>Of a number; null for a choice.</summary>
    public double? Minimum { get; init; }

    /// <summary>Of a number, itself allowed; null for a choice.</summary>
    public double? Maximum { get; init; }

    /// <summary>Of a number, for example <c>px/s</c>.</summary>
    public string? Unit { get; init; }

    /// <summary>The words that may be given; null for a number that has none.</summary>
    public IReadOnlyList<string>? Values { get; init; }

    /// <summary>Its value in the model's default prompt.</summary>
    public required ControlValue Default { get; init; }

    /// <summary>Why it cannot be set to <paramref name="value"/>, in a sentence that names what it can be set to; null when it can.</summary>
    public string? ProblemWith(ControlValue value)
    {
        var fits = value.Word is { } word
            ? Values?.Contains(word) == true
            : Type == ControlType.Number && value.Number >= Minimum && value.Number <= Maximum;
        return fits ? null : $"The control '{Name}' is {Allowed()}, not {Shortened(value.ToString())}.";
    }

    /// <summary>What somebody sent, for a sentence that stays readable whatever it was.</summary>
    internal static string Shortened(string text) => text.Length <= ShownCharacters ? text : $"{text[..ShownCharacters]}…";

    private string Allowed()
    {
        var words = Values is null ? [] : new[] { $"one of {string.Join(", ", Values)}" };
        var range = Type == ControlType.Number ? new[] { string.Create(CultureInfo.InvariantCulture, $"a number from {Minimum} to {Maximum} {Unit}").TrimEnd() } : [];
        return string.Join(" or ", [.. range, .. words]);
    }
}
