namespace SanaLive.Runtime.Text.Tokenizers;

/// <summary>Finds tokens that stand in a text as they are (<c>&lt;bos&gt;</c>, runs of new lines) and are never made of or merged with others.</summary>
internal sealed class AtomSplitter
{
    private readonly Dictionary<char, (string Text, int Id)[]> byFirst;

    public AtomSplitter(IEnumerable<(string Text, int Id)> atoms) => byFirst = atoms
        .Where(atom => atom.Text.Length > 0)
        .GroupBy(atom => atom.Text[0])
        .ToDictionary(group => group.Key, group => group.OrderByDescending(atom => atom.Text.Length).ToArray());

    /// <summary>The leftmost first, of several there the longest; an id of -1 is text between them.</summary>
    public IEnumerable<(string Text, int Id)> Split(string text)
    {
        var begin = 0;
        for (var at = 0; at < text.Length;)
        {
            if (At(text, at) is not ({ } found, var id))
            {
                at++;
                continue;
            }

            if (at > begin)
                yield return (text[begin..at], -1);
            yield return (found, id);
            begin = at += found.Length;
        }

        if (begin < text.Length)
            yield return (text[begin..], -1);
    }

    private (string? Text, int Id) At(string text, int at)
    {
        foreach (var atom in byFirst.GetValueOrDefault(text[at], []))
        {
            if (string.CompareOrdinal(text, at, atom.Text, 0, atom.Text.Length) == 0)
                return atom;
        }

        return default;
    }
}
