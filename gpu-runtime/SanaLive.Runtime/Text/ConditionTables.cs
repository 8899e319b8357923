using SanaLive.Runtime.Checkpoints;

namespace SanaLive.Runtime.Text;

/// <summary>
/// What the transformer sees of the values in force: a row per attribute out of fixed tables, and between two words of a scale their mix.
/// No network runs for it. Golden case world_text.
/// </summary>
internal sealed class ConditionTables
{
    private readonly int size;
    private readonly (float[] Rows, int Count, bool Round)[] tables;

    public ConditionTables(WordEncoderConfig config, WorldVocabulary vocabulary, Checkpoint checkpoint)
    {
        size = config.ConditionSize;
        tables = [.. config.Attributes.Select((attribute, i) => (
            checkpoint.Take($"condition.{attribute.Name}", attribute.Values.Count, size), attribute.Values.Count, vocabulary.Scales[i]?.Period is not null))];
    }

    /// <summary>Rows of the conditions.</summary>
    public int Tokens => tables.Length;

    /// <summary>Numbers per row.</summary>
    public int Channels => size;

    /// <param name="positions">Per attribute the index of a word, or a fraction between two (<see cref="WorldAttributes.Positions"/>).</param>
    /// <returns>[attributes, channels].</returns>
    public float[] Rows(ReadOnlySpan<double> positions)
    {
        var conditions = new float[tables.Length * size];
        for (var i = 0; i < tables.Length; i++)
        {
            var (rows, count, round) = tables[i];
            var low = (int)Math.Floor(positions[i]);
            var share = (float)(positions[i] - low);
            var high = round ? (low + 1) % count : Math.Min(low + 1, count - 1);
            for (var channel = 0; channel < size; channel++)
                conditions[i * size + channel] = rows[low % count * size + channel] * (1 - share) + rows[high * size + channel] * share;
        }

        return conditions;
    }
}
