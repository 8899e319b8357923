namespace SanaLive.Runtime.Text.Tokenizers;

/// <summary>The merges of a <c>tokenizer.model</c>: any two neighbours that are a piece together, the best score first.</summary>
internal sealed class ScoredMerges : IMerges
{
    private readonly Dictionary<string, (int Piece, float Score)>.AlternateLookup<ReadOnlySpan<char>> pieces;

    /// <param name="pieces">By their text; only those that text may become.</param>
    public ScoredMerges(Dictionary<string, (int Piece, float Score)> pieces) => this.pieces = pieces.GetAlternateLookup<ReadOnlySpan<char>>();

    public bool TryMerge(int left, int right, ReadOnlySpan<char> together, out int piece, out float rank)
    {
        var found = pieces.TryGetValue(together, out var merged);
        (piece, rank) = (merged.Piece, -merged.Score);
        return found;
    }
}
