namespace SanaLive.Runtime.Text.Tokenizers;

/// <summary>The merges of a <c>tokenizer.json</c>: a list of pairs, the first go first.</summary>
internal sealed class RankedMerges : IMerges
{
    private readonly Dictionary<(int Left, int Right), (int Piece, int Rank)> merges;

    public RankedMerges(int capacity) => merges = new(capacity);

    /// <summary>The next of the list; of a pair that comes twice the last place counts.</summary>
    public void Add(int left, int right, int piece, int rank) => merges[(left, right)] = (piece, rank);

    public bool TryMerge(int left, int right, ReadOnlySpan<char> together, out int piece, out float rank)
    {
        var found = merges.TryGetValue((left, right), out var merge);

        // Ranks are far below 2^24 and stay whole.
        (piece, rank) = (merge.Piece, merge.Rank);
        return found;
    }
}
