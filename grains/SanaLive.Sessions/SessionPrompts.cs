using SanaLive.Runtime.Engine;

namespace SanaLive.Sessions;

internal static class SessionPrompts
{
    /// <summary>Reads words and controls, checked before, for somebody who waits for the answer.</summary>
    /// <exception cref="SessionException"><see cref="SessionError.Failed"/>: the engine could not.</exception>
    public static async Task<Prompt> ReadAsync(
        IEngine engine, Prompt? previous, string? text, IReadOnlyDictionary<string, ControlValue>? controls, CancellationToken cancellation)
    {
        try
        {
            return await engine.ReadPromptAsync(previous, text?.Trim(), controls, cancellation);
        }
        catch (Exception e) when (e is not (OperationCanceledException or SessionException))
        {
            throw new SessionException(SessionError.Failed, $"The model could not read this prompt: {e.Message}", e);
        }
    }
}
