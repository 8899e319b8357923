namespace SanaLive.Runtime.Text;

/// <summary>What the encoder made of a text.</summary>
/// <param name="Words">The words that entered.</param>
/// <param name="Slots">[slots, width], after the last norm: what the attributes' heads read.</param>
/// <param name="AttributeLogits">Per attribute one number for "not named", then one per value.</param>
/// <param name="TagLogits">[words, tags].</param>
internal sealed record WordReading(IReadOnlyList<string> Words, float[] Slots, IReadOnlyList<float[]> AttributeLogits, float[] TagLogits)
{
    /// <summary>Per attribute the index of the value that the text names; null where it names none.</summary>
    public int?[] Values => [.. AttributeLogits.Select(logits => Largest(logits) is > 0 and var named ? named - 1 : (int?)null)];

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
