using System.Globalization;
using System.Text.RegularExpressions;

namespace SanaLive.Runtime.State;

/// <summary>
/// Which blocks of the past count, and how much. Written <c>sum</c>, <c>window(3)</c>, <c>window(2)+sink</c> or
/// <c>decay(0.9)</c>. The size of a state depends on the policy, never on the length of the stream.
/// </summary>
public sealed partial record StatePolicy
{
    private StatePolicy(int window, bool sink, float decay) => (Window, Sink, Decay) = (window, sink, decay);

    /// <summary>Every block counts alike (the paper).</summary>
    public static StatePolicy Sum { get; } = new(0, false, 1);

    /// <summary>Blocks that count; 0 means all of them.</summary>
    public int Window { get; }

    /// <summary>Block 0 counts for ever, as if it had come just before the window.</summary>
    public bool Sink { get; }

    /// <summary>Factor of a block for every block that has come since; 1 without decay.</summary>
    public float Decay { get; }

    /// <param name="blocks">1 to 64 blocks.</param>
    /// <param name="sink">Keeps block 0 too.</param>
    public static StatePolicy OfWindow(int blocks, bool sink = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(blocks, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(blocks, 64);
        return new StatePolicy(blocks, sink, 1);
    }

    /// <param name="factor">Above 0, below 1.</param>
    public static StatePolicy OfDecay(float factor) => factor is > 0 and < 1
        ? new StatePolicy(0, false, factor)
        : throw new ArgumentOutOfRangeException(nameof(factor), factor, "A decay lies between 0 and 1.");

    /// <exception cref="FormatException">None of the known policies.</exception>
    public static StatePolicy Parse(string text)
    {
        var compact = text.Replace(" ", string.Empty, StringComparison.Ordinal).ToLowerInvariant();
        if (compact == "sum")
            return Sum;
        if (WindowForm().Match(compact) is { Success: true } window)
            return OfWindow(int.Parse(window.Groups[1].ValueSpan, CultureInfo.InvariantCulture), window.Groups[2].Success);
        if (DecayForm().Match(compact) is { Success: true } decay)
            return OfDecay(float.Parse(decay.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
        throw new FormatException($"'{text}' is no state policy; sum, window(3), window(2)+sink and decay(0.9) are.");
    }

    public override string ToString() =>
        Window > 0 ? $"window({Window}){(Sink ? "+sink" : string.Empty)}"
        : Decay < 1 ? string.Create(CultureInfo.InvariantCulture, $"decay({Decay})")
        : "sum";

    [GeneratedRegex(@"^window\((\d{1,2})\)(\+sink)?$")]
    private static partial Regex WindowForm();

    [GeneratedRegex(@"^decay\((0?\.\d+)\)$")]
    private static partial Regex DecayForm();
}
