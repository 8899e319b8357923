using SanaLive.Runtime.Engine;
using SanaLive.Sessions.Engines;

namespace SanaLive.Sessions;

internal static class SessionPrompts
{
    /// <summary>Reads words and controls, checked before, for somebody who waits for the answer.</summary>
    /// <exception cref="SessionException"><see cref="SessionError.Failed"/>: the engine could not; <see cref="SessionError.Overloaded"/>: none answers.</exception>
    public static async Task<Prompt> ReadAsync(
        EnginePool engines, HostedEngine? preferred, Prompt? previous, string? text, IReadOnlyDictionary<string, ControlValue>? controls, CancellationToken cancellation)
    {
        try
        {
            return await engines.AskAsync(preferred, (engine, stop) => engine.ReadPromptAsync(previous, text?.Trim(), controls, stop), cancellation);
        }
        catch (Exception e) when (e is not (OperationCanceledException or SessionException))
        {
            throw new SessionException(SessionError.Failed, $"The model could not read this prompt: {e.Message}", e);
        }
    }
}
