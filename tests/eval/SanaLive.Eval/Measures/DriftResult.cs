namespace SanaLive.Eval.Measures;

/// <summary>One long stream.</summary>
/// <param name="Text">Its prompt.</param>
/// <param name="Asked">What it should show: what the prompt names, and the defaults.</param>
/// <param name="Looks">Early to late.</param>
internal sealed record DriftResult(string Text, Dictionary<string, string> Asked, List<DriftLook> Looks)
{
    public DriftLook Early => Looks[0];

    public DriftLook Late => Looks[^1];
}
