namespace SanaLive.Runtime.Text;

/// <summary>What the encoder made of a previous sentence and a text.</summary>
/// <param name="Words">The words that entered: the previous sentence's, then the text's.</param>
/// <param name="PreviousWords">How many of them are the previous sentence's.</param>
/// <param name="Slots">[slots, width]: what the transformer attends to.</param>
/// <param name="AttributeLogits">Per attribute, one number per value.</param>
/// <param name="TagLogits">[words, tags].</param>
internal sealed record WordReading(
    IReadOnlyList<string> Words, int PreviousWords, float[] Slots, IReadOnlyList<float[]> AttributeLogits, float[] TagLogits)
{
    /// <summary>The likeliest value of every attribute.</summary>
    public int[] Attributes => [.. AttributeLogits.Select(logits => Largest(logits))];

    /// <summary>The likeliest tag of every word.</summary>
    public int[] Tags
    {
        get
        {
            var tags = Words.Count == 0 ? 0 : TagLogits.Length / Words.Count;
            return [.. Enumerable.Range(0, Words.Count).Select(word => Largest(TagLogits.AsSpan(word * tags, tags)))];
        }
    }

    private static int Largest(ReadOnlySpan<float> values)
    {
        var best = 0;
        for (var i = 1; i < values.Length; i++)
        {
            if (values[i] > values[best])
                best = i;
        }

        return best;
    }
}
