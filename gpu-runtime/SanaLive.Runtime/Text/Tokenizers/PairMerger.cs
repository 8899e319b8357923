namespace SanaLive.Runtime.Text.Tokenizers;

/// <summary>
/// Byte-pair encoding of one run of text: characters, then merges of neighbours, the best first and the leftmost of equals, until none is
/// left. A heap of candidates and a list of neighbours: n log n for n characters, whatever they are.
/// </summary>
internal sealed class PairMerger(IMerges merges, string text)
{
    private readonly List<Symbol> symbols = [];
    private readonly PriorityQueue<Candidate, Candidate> candidates = new(Comparer<Candidate>.Create(Compare));

    /// <summary>What the text becomes: pieces with their place in it; an id of -1 is a character that the vocabulary does not have.</summary>
    /// <param name="idOf">A character's own id, or -1.</param>
    public IEnumerable<(int Id, int Start, int Length)> Run(Func<string, int, int, int> idOf)
    {
        for (var at = 0; at < text.Length; at += symbols[^1].Length)
        {
            var length = char.IsHighSurrogate(text[at]) ? 2 : 1;
            symbols.Add(new Symbol { Id = idOf(text, at, length), Start = at, Length = length, Left = symbols.Count - 1, Right = symbols.Count + 1 });
        }

        for (var i = 1; i < symbols.Count; i++)
            Offer(i - 1, i);
        while (candidates.TryDequeue(out var merge, out _))
            Apply(merge);
        for (var i = 0; i < symbols.Count; i = symbols[i].Right)
            yield return (symbols[i].Id, symbols[i].Start, symbols[i].Length);
    }

    private void Offer(int left, int right)
    {
        if (left < 0 || right >= symbols.Count)
            return;
        var (a, b) = (symbols[left], symbols[right]);
        if (merges.TryMerge(a.Id, b.Id, text.AsSpan(a.Start, a.Length + b.Length), out var piece, out var rank))
        {
            var candidate = new Candidate(rank, left, right, piece, a.Length, b.Length);
            candidates.Enqueue(candidate, candidate);
        }
    }

    private void Apply(in Candidate merge)
    {
        var (a, b) = (symbols[merge.Left], symbols[merge.Right]);

        // One of the two has become something else meanwhile. A symbol that was merged away has no length.
        if (a.Length != merge.LeftLength || b.Length != merge.RightLength)
            return;
        symbols[merge.Left] = a with { Id = merge.Piece, Length = a.Length + b.Length, Right = b.Right };
        symbols[merge.Right] = b with { Length = 0 };
        if (b.Right < symbols.Count)
            symbols[b.Right] = symbols[b.Right] with { Left = merge.Left };
        Offer(a.Left, merge.Left);
        Offer(merge.Left, b.Right);
    }

    private static int Compare(Candidate a, Candidate b) => a.Rank != b.Rank ? a.Rank.CompareTo(b.Rank) : a.Left.CompareTo(b.Left);

    private readonly record struct Symbol(int Id, int Start, int Length, int Left, int Right);

    private readonly record struct Candidate(float Rank, int Left, int Right, int Piece, int LeftLength, int RightLength);
}
