namespace SanaLive.Runtime.Engine;

public static class EngineExtensions
{
    /// <summary>Reads a prompt of words alone.</summary>
    public static ValueTask<Prompt> ReadPromptAsync(this IEngine engine, Prompt? previous, string text, CancellationToken cancellation) =>
        engine.ReadPromptAsync(previous, text, null, cancellation);
}
