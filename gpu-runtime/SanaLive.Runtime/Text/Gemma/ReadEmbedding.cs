namespace SanaLive.Runtime.Text.Gemma;

/// <summary>What a text became.</summary>
/// <param name="Values">[tokens, channels] of the tokens that the transformer sees; padding is left out.</param>
/// <param name="Tokens">Rows of <paramref name="Values"/>.</param>
/// <param name="Read">Characters of the whole text that were read; the others are behind the last token that is.</param>
internal sealed record ReadEmbedding(float[] Values, int Tokens, int Read);
