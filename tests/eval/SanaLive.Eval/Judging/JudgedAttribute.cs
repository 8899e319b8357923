namespace SanaLive.Eval.Judging;

/// <summary>One thing that the judge tells apart.</summary>
/// <param name="Name">For example <c>weather</c>.</param>
/// <param name="Values">In the order of the judge's answers.</param>
internal sealed record JudgedAttribute(string Name, IReadOnlyList<string> Values)
{
    /// <exception cref="FormatException">The word is none of the values.</exception>
    public int IndexOf(string value)
    {
        for (var i = 0; i < Values.Count; i++)
        {
            if (Values[i] == value)
                return i;
        }

        throw new FormatException($"'{value}' is no {Name}; there are {string.Join(", ", Values)}.");
    }
}
