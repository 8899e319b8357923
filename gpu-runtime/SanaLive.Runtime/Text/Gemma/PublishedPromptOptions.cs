namespace SanaLive.Runtime.Text.Gemma;

/// <summary>How prompts of a published model are read.</summary>
public sealed record PublishedPromptOptions
{
    /// <summary>The motion score of a prompt that was given none: 1 (nearly still) to 30.</summary>
    public int MotionScore { get; init; } = PublishedPromptEncoder.MostMotion;

    /// <summary>Embeddings that are kept, the last used ones: 0 to 1024. One of 300 tokens of Gemma 2 2B has 2.8 MB.</summary>
    public int KeptPrompts { get; init; } = 32;

    internal void Validate()
    {
        if (MotionScore is < 1 or > PublishedPromptEncoder.MostMotion)
            throw new ArgumentOutOfRangeException(nameof(MotionScore), MotionScore, $"A motion score is 1 to {PublishedPromptEncoder.MostMotion}.");
        if (KeptPrompts is < 0 or > 1024)
            throw new ArgumentOutOfRangeException(nameof(KeptPrompts), KeptPrompts, "0 to 1024 prompts are kept.");
    }
}
