namespace SanaLive.Eval.Measures;

/// <summary>One stream with a cue.</summary>
/// <param name="Text">The first prompt.</param>
/// <param name="Cue">What was said then.</param>
/// <param name="Attribute">What the cue names.</param>
/// <param name="Value">What it asks for.</param>
/// <param name="ReachedAfter">Half seconds from the applied block until the value is seen, and seen in the next half second too; -1 when it is not.</param>
/// <param name="Before">What the judge saw before the cue.</param>
/// <param name="After">What it saw in the last two seconds.</param>
internal sealed record CueResult(
    string Text, string Cue, string Attribute, string Value, int ReachedAfter, Dictionary<string, string> Before, Dictionary<string, string> After)
{
    /// <summary>Of the attributes that the cue does not name, the share that looks as before.</summary>
    public double Kept() => Before.Where(pair => pair.Key != Attribute).Average(pair => After[pair.Key] == pair.Value ? 1.0 : 0.0);
}
