using SanaLive.Eval.Inputs;
using SanaLive.Eval.Judging;
using SanaLive.Eval.Reporting;
using SanaLive.Runtime.Engine;

namespace SanaLive.Eval;

/// <summary>What every measure works with.</summary>
/// <param name="Engine">Makes the streams: the product's own.</param>
/// <param name="ModelFolder">Where its model lies.</param>
/// <param name="Defaults">What a stream shows of attributes that its prompt does not name.</param>
/// <param name="Judge">Looks.</param>
/// <param name="Questions">Held-out sentences and fresh drawings.</param>
/// <param name="Journal">What is finished.</param>
/// <param name="Size">How much.</param>
/// <param name="Progress">Told of every finished stream.</param>
internal sealed record EvalContext(
    IEngine Engine, string ModelFolder, IReadOnlyDictionary<string, string> Defaults, Judge Judge, Questions Questions, Journal Journal, EvalSize Size, Progress Progress)
{
    /// <summary>What a prompt at a stream's beginning leads to: what it names, and the defaults.</summary>
    public Dictionary<string, string> Whole(IReadOnlyDictionary<string, string> named)
    {
        var whole = Defaults.ToDictionary();
        foreach (var (name, value) in named)
            whole[name] = value;
        return whole;
    }

    /// <summary>The judge's words for what it saw.</summary>
    public Dictionary<string, string> Words(Verdict verdict) =>
        Judge.Attributes.Select((attribute, i) => (attribute.Name, attribute.Values[verdict.Of(i)])).ToDictionary();
}
