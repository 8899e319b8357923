namespace SanaLive.Eval.Measures;

/// <summary>One short stream, looked at from its second second on.</summary>
/// <param name="Text">The prompt.</param>
/// <param name="Named">What it asks for.</param>
/// <param name="Meaning">What the model read in it: tells wrong reading from wrong drawing.</param>
/// <param name="Seen">What the judge saw: the likeliest value of each attribute by the mean over the half seconds.</param>
/// <param name="Border">Mean difference of neighbouring pictures across block borders.</param>
/// <param name="Inside">The same inside blocks.</param>
internal sealed record StreamResult(
    string Text, Dictionary<string, string> Named, string Meaning, Dictionary<string, string> Seen, double Border, double Inside);
