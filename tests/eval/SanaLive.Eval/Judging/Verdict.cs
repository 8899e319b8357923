namespace SanaLive.Eval.Judging;

/// <summary>What the judge saw in a half second, or on the average of several.</summary>
/// <param name="Probabilities">[attribute][value].</param>
/// <param name="Features">The last hidden layers; the Frechet distance is taken of them.</param>
internal sealed record Verdict(float[][] Probabilities, float[] Features)
{
    /// <summary>The likeliest value of an attribute.</summary>
    public int Of(int attribute)
    {
        var row = Probabilities[attribute];
        var best = 0;
        for (var i = 1; i < row.Length; i++)
        {
            if (row[i] > row[best])
                best = i;
        }

        return best;
    }

    /// <summary>All attributes' likeliest values.</summary>
    public int[] Values() => [.. Enumerable.Range(0, Probabilities.Length).Select(Of)];

    /// <summary>The mean of the probabilities: one opinion from several half seconds of one stream, which are no independent witnesses.</summary>
    public static Verdict Mean(IReadOnlyList<Verdict> verdicts)
    {
        if (verdicts.Count == 0)
            throw new ArgumentException("There is nothing to take the mean of.", nameof(verdicts));
        var probabilities = verdicts[0].Probabilities.Select((row, a) =>
            row.Select((_, value) => verdicts.Average(verdict => verdict.Probabilities[a][value])).ToArray()).ToArray();
        return new Verdict(probabilities, [.. verdicts[0].Features.Select((_, i) => verdicts.Average(verdict => verdict.Features[i]))]);
    }
}
