namespace SanaLive.Runtime.Text.Tokenizers;

/// <summary>What two neighbours may become in byte-pair encoding.</summary>
internal interface IMerges
{
    /// <summary>Whether they become one piece.</summary>
    /// <param name="left">Id of the left one; negative for a character without one.</param>
    /// <param name="right">Id of the right one.</param>
    /// <param name="together">The text of both.</param>
    /// <param name="piece">Id of what they become.</param>
    /// <param name="rank">The lowest goes first, the leftmost of equals.</param>
    bool TryMerge(int left, int right, ReadOnlySpan<char> together, out int piece, out float rank);
}
